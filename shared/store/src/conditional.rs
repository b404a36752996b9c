//! Conditional writes, transactions, and reads and writes of many items.

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::builders::{ConditionCheckBuilder, DeleteBuilder, PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{
    ConditionCheck, Delete, Put, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use serde::de::DeserializeOwned;

use crate::StoreError;
use crate::error::{Cancelled, cancelled};
use crate::table::{Item, Table, number};

/// Maximum attempts of a transaction under contention.
const MAX_ATTEMPTS: u32 = 8;

/// The outcome of a conditional write of one item.
pub(crate) enum WriteOutcome<T> {
    /// The item was written. An update returns the new item, a deletion the deleted one.
    Written(T),
    /// The condition failed. The stored item, if there is one.
    Refused(Option<T>),
}

impl Table {
    /// An update of one item, to complete.
    pub(crate) fn update(&self, key: Item) -> UpdateItemFluentBuilder {
        self.client.update_item().table_name(&self.name).set_key(Some(key))
    }

    /// Sends an update that has a condition.
    pub(crate) async fn update_if<T: DeserializeOwned>(
        &self,
        request: UpdateItemFluentBuilder,
    ) -> Result<WriteOutcome<T>, StoreError> {
        let request = request
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match request.send().await {
            Ok(answer) => self.read(answer.attributes.unwrap_or_default()).map(WriteOutcome::Written),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => self.refused(failed.item.clone()),
                _ => Err(error.into()),
            },
        }
    }

    /// A deletion of one item, to complete.
    pub(crate) fn delete(&self, key: Item) -> DeleteItemFluentBuilder {
        self.client.delete_item().table_name(&self.name).set_key(Some(key))
    }

    /// Sends a deletion that has a condition. The condition must fail for an item that does not exist.
    pub(crate) async fn delete_if<T: DeserializeOwned>(
        &self,
        request: DeleteItemFluentBuilder,
    ) -> Result<WriteOutcome<T>, StoreError> {
        let request = request
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match request.send().await {
            Ok(answer) => self.read(answer.attributes.unwrap_or_default()).map(WriteOutcome::Written),
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(failed)) => self.refused(failed.item.clone()),
                _ => Err(error.into()),
            },
        }
    }

    /// Writes a versioned item if the stored version is still `seen`, `None` if there must be no item: `partition` names its
    /// partition key. Returns what it replaced; an item that cannot be read can still be replaced. A refusal has no item.
    pub(crate) async fn put_if_seen<T: DeserializeOwned>(
        &self,
        item: Item,
        partition: &str,
        seen: Option<i64>,
    ) -> Result<WriteOutcome<Option<T>>, StoreError> {
        let request = self.client.put_item().table_name(&self.name).set_item(Some(item));
        let request = request.return_values(ReturnValue::AllOld);
        let request = match seen {
            None => request.condition_expression(format!("attribute_not_exists({partition})")),
            Some(version) => {
                request.condition_expression("version = :seen").expression_attribute_values(":seen", number(version))
            }
        };
        match request.send().await {
            Ok(answer) => {
                let before = answer.attributes.filter(|item| !item.is_empty());
                Ok(WriteOutcome::Written(before.and_then(|item| self.read(item).ok())))
            }
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(WriteOutcome::Refused(None)),
                _ => Err(error.into()),
            },
        }
    }

    fn refused<T: DeserializeOwned>(&self, stored: Option<Item>) -> Result<WriteOutcome<T>, StoreError> {
        let stored = stored.filter(|item| !item.is_empty());
        Ok(WriteOutcome::Refused(stored.map(|item| self.read(item)).transpose()?))
    }

    /// All items that a query finds.
    pub(crate) async fn query_all<T: DeserializeOwned>(
        &self,
        request: QueryFluentBuilder,
    ) -> Result<Vec<T>, StoreError> {
        let mut items = request.table_name(&self.name).into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(item) = items.next().await {
            found.push(self.read(item?)?);
        }
        Ok(found)
    }

    /// All items of a table that always stays small, strongly consistent.
    pub(crate) async fn read_all<T: DeserializeOwned>(&self) -> Result<Vec<T>, StoreError> {
        let request = self.client.scan().table_name(&self.name).consistent_read(true);
        let mut items = request.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(item) = items.next().await {
            found.push(self.read(item?)?);
        }
        Ok(found)
    }

    /// Runs a transaction. The inner `Err` has the indices of the actions whose conditions failed; then nothing was
    /// written. The SDK sends each transaction with its own request token and repeats the token on a retry, so a retry
    /// does not conflict with its own first attempt.
    pub(crate) async fn transact(&self, actions: Vec<TransactWriteItem>) -> Result<Result<(), Vec<usize>>, StoreError> {
        for attempt in 0..MAX_ATTEMPTS {
            let request = self.client.transact_write_items().set_transact_items(Some(actions.clone()));
            match request.send().await {
                Ok(_) => return Ok(Ok(())),
                Err(error) => match cancelled(&error) {
                    Some(Cancelled::Condition(failed)) => return Ok(Err(failed)),
                    Some(Cancelled::Contention) => self.back_off(attempt).await,
                    None => return Err(error.into()),
                },
            }
        }
        Err(StoreError::Conflict)
    }

    /// A put in a transaction.
    pub(crate) fn put_action(
        &self,
        item: Item,
        complete: impl FnOnce(PutBuilder) -> PutBuilder,
    ) -> Result<TransactWriteItem, StoreError> {
        let put = complete(Put::builder().table_name(&self.name).set_item(Some(item))).build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// An update in a transaction.
    pub(crate) fn update_action(
        &self,
        key: Item,
        complete: impl FnOnce(UpdateBuilder) -> UpdateBuilder,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = complete(Update::builder().table_name(&self.name).set_key(Some(key))).build()?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// A deletion in a transaction.
    pub(crate) fn delete_action(
        &self,
        key: Item,
        complete: impl FnOnce(DeleteBuilder) -> DeleteBuilder,
    ) -> Result<TransactWriteItem, StoreError> {
        let delete = complete(Delete::builder().table_name(&self.name).set_key(Some(key))).build()?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// A condition in a transaction, on an item that the transaction does not write.
    pub(crate) fn check_action(
        &self,
        key: Item,
        complete: impl FnOnce(ConditionCheckBuilder) -> ConditionCheckBuilder,
    ) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder().table_name(&self.name).set_key(Some(key));
        let check = complete(check).build()?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}
