//! The list of synonyms for search, which staff edit.

use serde::{Deserialize, Serialize};
use souk_domain::synonyms::SynonymGroups;

use crate::StoreError;
use crate::conditional::WriteOutcome;
use crate::table::{Table, key, text};

/// The key of the only list.
const LIST: &str = "search";

/// The synonyms table.
#[derive(Clone)]
pub struct SynonymLists {
    table: Table,
}

/// The list of synonyms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SynonymList {
    /// The groups of synonyms.
    pub groups: SynonymGroups,
    /// The number of times the list was written, from 1.
    pub version: i64,
}

/// The outcome of [`SynonymLists::put`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum SynonymsOutcome {
    /// The list was replaced.
    Replaced {
        /// The list before, if there was one that can be read.
        before: Option<SynonymList>,
    },
    /// Another writer was first. Nothing was written.
    VersionConflict,
}

impl SynonymLists {
    /// The list of a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// The list, if it exists. Eventually consistent.
    pub async fn get(&self) -> Result<Option<SynonymList>, StoreError> {
        self.table.get(key([("list_id", LIST)]), false).await
    }

    /// The list, if it exists. Strongly consistent.
    pub async fn latest(&self) -> Result<Option<SynonymList>, StoreError> {
        self.table.get(key([("list_id", LIST)]), true).await
    }

    /// Replaces the list if its stored version is still `seen`, `None` for no list.
    pub async fn put(&self, list: &SynonymList, seen: Option<i64>) -> Result<SynonymsOutcome, StoreError> {
        let mut item = self.table.write(list)?;
        item.insert("list_id".to_owned(), text(LIST));
        Ok(match self.table.put_if_seen(item, "list_id", seen).await? {
            WriteOutcome::Written(before) => SynonymsOutcome::Replaced { before },
            WriteOutcome::Refused(_) => SynonymsOutcome::VersionConflict,
        })
    }
}
