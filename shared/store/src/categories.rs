//! The tree of categories. It is small and always read completely.
//!
//! Each change of the tree is one transaction on its version, so a change is always of the tree that it was decided on:
//! of two moves that would make a circle together, the second is decided again and refused, and two imports that make a
//! category at once make it once.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::types::TransactWriteItem;
use serde::{Deserialize, Serialize};
use souk_domain::catalog::CategoryPath;
use souk_domain::category_tree::{CategoryError, CategoryRecord, CategoryTree, Filed};

use crate::StoreError;
use crate::table::{Table, key, number, text};

/// The partition of the whole tree, so that a query reads it, not a scan.
const TREE: &str = "catalogue";
/// The partition of the tree's version, which readers of the tree do not see.
const VERSIONS: &str = "versions";
/// Categories of one transaction, which may have 100 actions. One is for the version.
const TRANSACTION_CATEGORIES: usize = 99;
/// Attempts to change the tree while others change it. The waits between them add up to some seconds.
const MAX_ATTEMPTS: u32 = 12;

/// The categories table. Clones share the tree that was read last.
#[derive(Clone)]
pub struct Categories {
    table: Table,
    /// The tree with its version. It is read again once the version differs.
    known: Arc<Mutex<Option<Snapshot>>>,
}

#[derive(Clone)]
struct Snapshot {
    version: i64,
    tree: Arc<CategoryTree>,
}

#[derive(Serialize, Deserialize)]
struct TreeVersion {
    version: i64,
}

/// The tree before and after a change. Both are equal if nothing had to change.
#[derive(Debug, Clone)]
pub struct TreeChange {
    /// The tree that the change was decided on.
    pub before: Arc<CategoryTree>,
    /// The tree with the change.
    pub after: Arc<CategoryTree>,
}

impl Categories {
    /// The categories of a table.
    pub fn new(table: Table) -> Self {
        Self { table, known: Arc::default() }
    }

    /// The tree for shoppers, eventually consistent.
    pub async fn recent_tree(&self) -> Result<CategoryTree, StoreError> {
        self.read(false).await
    }

    /// The tree, strongly consistent. Reads no more than its version if that is known.
    pub async fn tree(&self) -> Result<Arc<CategoryTree>, StoreError> {
        Ok(self.snapshot(false).await?.tree)
    }

    /// Changes the tree by a rule of [`CategoryTree`]. The rule is applied again to the new tree if another writer was
    /// first. The inner error is the rule's.
    pub async fn change(
        &self,
        rule: impl Fn(&CategoryTree) -> Result<Vec<CategoryRecord>, CategoryError> + Send + Sync,
    ) -> Result<Result<TreeChange, CategoryError>, StoreError> {
        for attempt in 0..MAX_ATTEMPTS {
            // A change of staff is rare, and is decided on what is stored, whoever wrote it.
            let seen = self.snapshot(true).await?;
            let changes = match rule(&seen.tree) {
                Ok(changes) => changes,
                Err(error) => return Ok(Err(error)),
            };
            if self.write(&seen, &changes).await? {
                let after =
                    if changes.is_empty() { Arc::clone(&seen.tree) } else { Arc::new(seen.tree.with(&changes)) };
                return Ok(Ok(TreeChange { before: seen.tree, after }));
            }
            self.table.back_off(attempt).await;
        }
        Err(StoreError::Conflict)
    }

    /// The categories of products, by their names; see [`CategoryTree::file`]. Those that do not exist are written
    /// before this returns.
    pub async fn file(&self, paths: &[CategoryPath]) -> Result<Vec<Result<CategoryPath, CategoryError>>, StoreError> {
        if paths.iter().all(|path| path.leaf().is_none()) {
            return Ok(paths.iter().cloned().map(Ok).collect());
        }
        for attempt in 0..MAX_ATTEMPTS {
            let seen = self.snapshot(attempt > 0).await?;
            let Filed { paths, changes } = seen.tree.file(paths);
            if self.write(&seen, &changes).await? {
                return Ok(paths);
            }
            self.table.back_off(attempt).await;
        }
        Err(StoreError::Conflict)
    }

    /// Writes changes of a tree that was read. False if another writer was first: then none of them is written, or of
    /// very many only the first ones, which are complete in themselves.
    async fn write(&self, seen: &Snapshot, changes: &[CategoryRecord]) -> Result<bool, StoreError> {
        for (version, part) in (seen.version..).zip(changes.chunks(TRANSACTION_CATEGORIES)) {
            let mut actions = vec![self.next_version(version)?];
            for record in part {
                let mut item = self.table.write(record)?;
                item.insert("tree_id".to_owned(), text(TREE));
                let is_new = seen.tree.record(&record.category_id).is_none();
                actions.push(self.table.put_action(item, |put| {
                    // The first release adds categories without a version, also while it is being replaced.
                    if is_new { put.condition_expression("attribute_not_exists(tree_id)") } else { put }
                })?);
            }
            if self.table.transact(actions).await?.is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn next_version(&self, seen: i64) -> Result<TransactWriteItem, StoreError> {
        let mut item = self.table.write(&TreeVersion { version: seen + 1 })?;
        item.extend(key([("tree_id", VERSIONS), ("category_id", TREE)]));
        self.table.put_action(item, |put| {
            if seen == 0 {
                put.condition_expression("attribute_not_exists(tree_id)")
            } else {
                put.condition_expression("version = :seen").expression_attribute_values(":seen", number(seen))
            }
        })
    }

    /// The tree and its version. The version is read first: a tree may be newer than its version, never older.
    async fn snapshot(&self, read_again: bool) -> Result<Snapshot, StoreError> {
        let stored = self.table.get::<TreeVersion>(key([("tree_id", VERSIONS), ("category_id", TREE)]), true).await?;
        let version = stored.map_or(0, |stored| stored.version);
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| known.version == version && !read_again) {
            return Ok(known);
        }
        let snapshot = Snapshot { version, tree: Arc::new(self.read(true).await?) };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(snapshot.clone());
        Ok(snapshot)
    }

    async fn read(&self, consistent: bool) -> Result<CategoryTree, StoreError> {
        let request = self.table.client.query().key_condition_expression("tree_id = :tree");
        let request = request.expression_attribute_values(":tree", text(TREE)).consistent_read(consistent);
        let records: Vec<CategoryRecord> = self.table.query_all(request).await?;
        Ok(CategoryTree::new(records))
    }
}
