//! Collections that staff made. They are few and always read completely, like the category tree, whose table they share.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValue;
use souk_domain::collection::{Collection, MAX_COLLECTIONS};
use souk_domain::ids::CollectionId;

use crate::StoreError;
use crate::table::{Table, key, number, text};

/// The partition of all collections. The tree of categories has another one.
const COLLECTIONS: &str = "collections";

/// The collections in the categories table.
#[derive(Clone)]
pub struct Collections {
    table: Table,
}

/// The outcome of [`Collections::put`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum CollectionOutcome {
    /// The collection was written.
    Saved {
        /// The collection before, if there was one that can be read.
        before: Option<Box<Collection>>,
    },
    /// Another writer was first. Nothing was written.
    VersionConflict,
    /// There are [`MAX_COLLECTIONS`] already. Nothing was written.
    TooMany,
}

impl Collections {
    /// The collections of a categories table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// All collections, sorted by id. Eventually consistent.
    pub async fn all(&self) -> Result<Vec<Collection>, StoreError> {
        self.read_all(false).await
    }

    /// All collections, sorted by id. Strongly consistent.
    pub async fn latest(&self) -> Result<Vec<Collection>, StoreError> {
        self.read_all(true).await
    }

    async fn read_all(&self, consistent: bool) -> Result<Vec<Collection>, StoreError> {
        let query = self.table.client.query().key_condition_expression("tree_id = :tree");
        let query = query.expression_attribute_values(":tree", text(COLLECTIONS)).consistent_read(consistent);
        self.table.query_all(query).await
    }

    /// Writes a collection if its stored version is still `seen`, `None` for a new one. Collections that are created at
    /// the same time may together exceed [`MAX_COLLECTIONS`] by their number, which does no harm.
    pub async fn put(&self, collection: &Collection, seen: Option<i64>) -> Result<CollectionOutcome, StoreError> {
        if seen.is_none() && self.latest().await?.len() >= MAX_COLLECTIONS {
            return Ok(CollectionOutcome::TooMany);
        }
        let mut item = self.table.write(collection)?;
        item.extend(key([("tree_id", COLLECTIONS), ("category_id", collection.collection_id.as_str())]));
        let request = self.table.client.put_item().table_name(&self.table.name).set_item(Some(item));
        let request = request.return_values(ReturnValue::AllOld);
        let request = match seen {
            None => request.condition_expression("attribute_not_exists(tree_id)"),
            Some(version) => {
                request.condition_expression("version = :seen").expression_attribute_values(":seen", number(version))
            }
        };
        match request.send().await {
            Ok(answer) => {
                let before = answer.attributes.filter(|item| !item.is_empty());
                // A collection that cannot be read can still be replaced.
                let before = before.and_then(|item| self.table.read(item).ok()).map(Box::new);
                Ok(CollectionOutcome::Saved { before })
            }
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(CollectionOutcome::VersionConflict),
                _ => Err(error.into()),
            },
        }
    }

    /// Deletes a collection, and returns it; `None` if there is none.
    pub async fn delete(&self, collection_id: &CollectionId) -> Result<Option<Collection>, StoreError> {
        let key = key([("tree_id", COLLECTIONS), ("category_id", collection_id.as_str())]);
        let request = self.table.client.delete_item().table_name(&self.table.name).set_key(Some(key));
        let deleted = request.return_values(ReturnValue::AllOld).send().await?.attributes;
        deleted.filter(|item| !item.is_empty()).map(|item| self.table.read(item)).transpose()
    }
}
