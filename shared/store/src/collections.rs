//! Collections that staff made. They are few and always read completely, like the category tree, whose table they share.

use aws_sdk_dynamodb::types::ReturnValue;
use souk_domain::collection::{Collection, MAX_COLLECTIONS};
use souk_domain::ids::CollectionId;

use crate::StoreError;
use crate::conditional::WriteOutcome;
use crate::table::{Table, key, text};

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
        Ok(match self.table.put_if_seen(item, "tree_id", seen).await? {
            WriteOutcome::Written(before) => CollectionOutcome::Saved { before: before.map(Box::new) },
            WriteOutcome::Refused(_) => CollectionOutcome::VersionConflict,
        })
    }

    /// Deletes a collection, and returns it; `None` if there is none.
    pub async fn delete(&self, collection_id: &CollectionId) -> Result<Option<Collection>, StoreError> {
        let key = key([("tree_id", COLLECTIONS), ("category_id", collection_id.as_str())]);
        let request = self.table.client.delete_item().table_name(&self.table.name).set_key(Some(key));
        let deleted = request.return_values(ReturnValue::AllOld).send().await?.attributes;
        deleted.filter(|item| !item.is_empty()).map(|item| self.table.read(item)).transpose()
    }
}
