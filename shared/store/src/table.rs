//! One DynamoDB table: the base of every store.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use serde::Serialize;
use serde::de::DeserializeOwned;
use souk_domain::effects::Random;

use crate::StoreError;

/// A DynamoDB item.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// DynamoDB's maximum number of keys in one BatchGetItem.
const BATCH_GET_KEYS: usize = 100;
/// Maximum requests for the keys of one batch, because DynamoDB may leave keys unprocessed.
const BATCH_GET_ATTEMPTS: u32 = 5;

/// A table's name, the client that reaches it, and randomness for jitter.
#[derive(Clone)]
pub struct Table {
    pub(crate) client: Client,
    pub(crate) name: String,
    random: Arc<dyn Random>,
}

impl Table {
    /// One table.
    pub fn new(client: Client, name: impl Into<String>, random: Arc<dyn Random>) -> Self {
        Self { client, name: name.into(), random }
    }

    /// Waits before another attempt: full jitter up to a bound that doubles with each attempt, at most one second. A
    /// hundred concurrent writers of one item need a second, at 10 ms for each transaction.
    pub async fn back_off(&self, attempt: u32) {
        let bound_ms = (10_u64 << attempt.min(7)).min(1_000);
        tokio::time::sleep(Duration::from_millis(1 + self.random.below(bound_ms))).await;
    }

    /// One item by its key.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: Item, consistent: bool) -> Result<Option<T>, StoreError> {
        let request = self.client.get_item().table_name(&self.name).set_key(Some(key)).consistent_read(consistent);
        request.send().await?.item.map(|item| self.read(item)).transpose()
    }

    /// Some attributes of one item by its key, strongly consistent. No other attribute leaves the database.
    pub(crate) async fn get_attributes<T: DeserializeOwned>(
        &self,
        key: Item,
        attributes: &str,
    ) -> Result<Option<T>, StoreError> {
        let request = self.client.get_item().table_name(&self.name).set_key(Some(key)).consistent_read(true);
        request.projection_expression(attributes).send().await?.item.map(|item| self.read(item)).transpose()
    }

    /// Items by their keys, in any order, without those that do not exist. The keys must be distinct.
    pub(crate) async fn get_many<T: DeserializeOwned>(
        &self,
        keys: Vec<Item>,
        consistent: bool,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(BATCH_GET_KEYS) {
            let mut pending =
                Some(KeysAndAttributes::builder().set_keys(Some(chunk.to_vec())).consistent_read(consistent));
            let mut attempt = 0;
            while let Some(keys) = pending.take() {
                if attempt == BATCH_GET_ATTEMPTS {
                    return Err(StoreError::Unavailable(format!("{} left keys unprocessed", self.name)));
                }
                if attempt > 0 {
                    self.back_off(attempt).await;
                }
                attempt += 1;
                let keys = keys.build().map_err(|e| StoreError::Rejected(e.to_string()))?;
                let mut answer = self.client.batch_get_item().request_items(&self.name, keys).send().await?;
                let items = answer.responses.as_mut().and_then(|tables| tables.remove(&self.name)).unwrap_or_default();
                for item in items {
                    found.push(self.read(item)?);
                }
                let left = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&self.name));
                pending =
                    left.map(|left| KeysAndAttributes::builder().set_keys(Some(left.keys)).consistent_read(consistent));
            }
        }
        Ok(found)
    }

    /// Deserializes an item.
    pub(crate) fn read<T: DeserializeOwned>(&self, item: Item) -> Result<T, StoreError> {
        serde_dynamo::aws_sdk_dynamodb_1::from_item(item)
            .map_err(|e| StoreError::Corrupt { table: self.name.clone(), reason: e.to_string() })
    }

    /// Serializes a value as an item.
    pub(crate) fn write<T: Serialize>(&self, value: &T) -> Result<Item, StoreError> {
        serde_dynamo::aws_sdk_dynamodb_1::to_item(value)
            .map_err(|e| StoreError::Corrupt { table: self.name.clone(), reason: e.to_string() })
    }
}

/// A key of one or two string attributes.
pub(crate) fn key<const N: usize>(attributes: [(&str, &str); N]) -> Item {
    attributes.into_iter().map(|(name, value)| (name.to_owned(), text(value))).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "callers pass references and numbers alike")]
pub(crate) fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "callers pass references and numbers alike")]
pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
