//! Words that mean the same to shoppers: one list, which staff edit.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use serde::{Deserialize, Serialize};
use souk_domain::synonyms::SynonymGroups;

use crate::table::{Table, key, number, text};
use crate::{SaveOutcome, StoreError};

/// The key of the only list.
const LIST: &str = "search";

/// The synonyms table.
#[derive(Clone)]
pub struct SynonymLists {
    table: Table,
}

/// The list as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SynonymList {
    /// What means the same.
    pub groups: SynonymGroups,
    /// Counts how often it was written, from 1.
    pub version: i64,
}

impl SynonymLists {
    /// The list of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// The list; none until somebody writes one. Up to a second old.
    pub async fn get(&self) -> Result<Option<SynonymList>, StoreError> {
        self.table.get(key([("list_id", LIST)]), false).await
    }

    /// The list as it is at this moment.
    pub async fn latest(&self) -> Result<Option<SynonymList>, StoreError> {
        self.table.get(key([("list_id", LIST)]), true).await
    }

    /// Writes the list in place of the one that was seen.
    pub async fn put(&self, list: &SynonymList, seen: Option<i64>) -> Result<SaveOutcome, StoreError> {
        let mut item = self.table.write(list)?;
        item.insert("list_id".to_owned(), text(LIST));
        let request = self.table.client.put_item().table_name(&self.table.name).set_item(Some(item));
        let request = match seen {
            None => request.condition_expression("attribute_not_exists(list_id)"),
            Some(version) => {
                request.condition_expression("version = :seen").expression_attribute_values(":seen", number(version))
            }
        };
        match request.send().await {
            Ok(_) => Ok(SaveOutcome::Saved),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(SaveOutcome::VersionConflict),
                _ => Err(error.into()),
            },
        }
    }
}
