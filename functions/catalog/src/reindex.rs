//! Fills a new index from the products table and replaces the live index with it while writes continue. Needed after a
//! change of the mapping, or after the index was lost. An operator invokes it repeatedly until it reports `done`; each
//! run continues where the last one ended, however that ended. Products that cannot be indexed are reported and left
//! out.
//!
//! It refuses to run while the cluster is red (unless the command sets `ignore_health`), and to start while a node has
//! no room for a second index (unless it sets `ignore_storage`): a new index that fills the disk would stop all writes
//! to the live one.
//!
//! ```json
//! {"seconds": 600} {"done": false, "index": "products-v4", "written": 125000, "set_aside": 1, "problems":
//! [{"product_id": "x", "reason": "…"}]} {"done": false, "refused": "…"}
//! ```

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use souk_domain::effects::{Clock, Random};
use souk_domain::time::Timestamp;
use souk_runtime::config::ConfigError;
use souk_runtime::direct::DirectHandler;
use souk_runtime::{Dependencies, Error};
use souk_search::{
    ClusterHealth, IndexOperation, Indexed, NodeStorage, Rebuild, SearchError, SearchIndex, SegmentProgress,
};
use souk_store::{Inventory, ProductPage, Products, Segment, StoreError};

use crate::index_products::as_indexed;

/// Products of one page of a segment, and of one bulk request.
const PAGE_PRODUCTS: i32 = 500;
/// Retries of a write while OpenSearch is unavailable. The waits between them add up to some ten seconds.
const MAX_RETRIES: u32 = 6;
/// Longest run; Lambda ends it after 900 seconds.
const MAX_SECONDS: u64 = 840;
/// Maximum problems in one response. All are logged and counted.
const MAX_PROBLEMS: usize = 100;

/// Segments into which a new rebuild divides the table.
const SEGMENTS: usize = 4;
/// OpenSearch Service stops writes to a node with less free space than this percentage of its disk or this many
/// bytes, whichever is less.
const RESERVED_PERCENT: u64 = 20;
const RESERVED_BYTES: u64 = 20 << 30;

/// Rebuilds the search index.
pub struct Reindex {
    /// The search index.
    pub search: SearchIndex,
    /// The products table.
    pub products: Products,
    /// The inventory table.
    pub inventory: Inventory,
    /// For the versions of index writes.
    pub clock: Arc<dyn Clock>,
    /// For the jitter of retries.
    pub random: Arc<dyn Random>,
    /// Segments into which a new rebuild divides the table. They are copied concurrently: one waits for DynamoDB while
    /// another waits for OpenSearch.
    pub segments: usize,
}

impl Reindex {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            search: deps.search()?,
            products: deps.products()?,
            inventory: deps.inventory()?,
            clock: deps.clock(),
            random: deps.random(),
            segments: SEGMENTS,
        })
    }
}

impl DirectHandler for Reindex {
    type Request = ReindexCommand;
    type Response = ReindexResponse;

    async fn handle(&self, command: ReindexCommand, _: Timestamp) -> Result<ReindexResponse, Error> {
        if let Some(refused) = self.refusal(&command).await? {
            tracing::warn!(function = "reindex", refused, "refused");
            return Ok(ReindexResponse::Refused { done: false, refused });
        }
        let until = command.until(self.clock.now());
        Ok(ReindexResponse::Ran(self.run(until).await?))
    }
}

/// The command of the operator.
#[derive(Debug, Default, Deserialize)]
pub struct ReindexCommand {
    /// Time limit of this run.
    #[serde(default)]
    seconds: Option<u64>,
    /// Start although a shard of an index is lost. The new index replaces the damaged one.
    #[serde(default)]
    ignore_health: bool,
    /// Start without checking free storage.
    #[serde(default)]
    ignore_storage: bool,
}

/// The outcome of a run.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ReindexResponse {
    /// It ran.
    Ran(Report),
    /// It did not start.
    Refused {
        /// Always false.
        done: bool,
        /// The reason.
        refused: String,
    },
}

/// The progress of the rebuild.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Whether the new index is live.
    pub done: bool,
    /// Name of the new index.
    pub index: String,
    /// Products written, by all runs.
    pub written: u64,
    /// Products that could not be written, by all runs.
    pub set_aside: u64,
    /// The first of them in this run.
    pub problems: Vec<Problem>,
}

/// A product that is left out.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Its id.
    pub product_id: String,
    /// The reason.
    pub reason: String,
}

/// Why a run ended early. The next one continues.
#[derive(Debug, thiserror::Error)]
pub enum ReindexError {
    /// DynamoDB failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// OpenSearch failed.
    #[error(transparent)]
    Search(#[from] SearchError),
}

impl ReindexCommand {
    /// When this run has to end if it begins now.
    pub fn until(&self, now: Timestamp) -> Timestamp {
        let seconds = self.seconds.unwrap_or(MAX_SECONDS).min(MAX_SECONDS);
        Timestamp::from_millis(now.as_millis() + i64::try_from(seconds * 1_000).unwrap_or_default())
    }
}

/// The outcome of one page.
struct Copied {
    segment: usize,
    progress: SegmentProgress,
    written: u64,
    set_aside: Vec<Problem>,
}

impl Reindex {
    /// Why a run must not start now. A run that continues a rebuild needs no further storage check.
    async fn refusal(&self, command: &ReindexCommand) -> Result<Option<String>, ReindexError> {
        if !command.ignore_health && self.search.cluster_health().await? == ClusterHealth::Red {
            return Ok(Some(
                "the search cluster is red: a shard of an index is missing; restore the node, or set ignore_health if the \
                 shard is lost for good"
                    .to_owned(),
            ));
        }
        if command.ignore_storage || self.search.is_being_rebuilt().await? {
            return Ok(None);
        }
        Ok(self.search.storage().await?.iter().find_map(missing_storage))
    }

    /// Copies pages until the rebuild is complete or the time is over.
    pub async fn run(&self, until: Timestamp) -> Result<Report, ReindexError> {
        let mut rebuild = self.search.rebuild().await?;
        let mut problems = Vec::new();
        while !rebuild.progress.is_complete() && self.clock.now() < until {
            self.copy_pages(&mut rebuild, PAGE_PRODUCTS, &mut problems).await?;
        }
        let (index, progress) = (rebuild.name().to_owned(), rebuild.progress.clone());
        let done = progress.is_complete();
        if done {
            rebuild.finish().await?;
        }
        problems.truncate(MAX_PROBLEMS);
        Ok(Report { done, index, written: progress.written, set_aside: progress.set_aside, problems })
    }

    /// Copies a page of each segment and stores the progress. If one fails, the next run copies all of them again,
    /// which is safe because writes are idempotent.
    pub(crate) async fn copy_pages(
        &self,
        rebuild: &mut Rebuild,
        products: i32,
        problems: &mut Vec<Problem>,
    ) -> Result<(), ReindexError> {
        if rebuild.progress.segments.is_empty() {
            rebuild.progress.segments = vec![SegmentProgress::Start; self.segments];
        }
        let segments = 0..rebuild.progress.segments.len();
        let pages = segments.filter_map(|segment| self.copy_page(rebuild, segment, products));
        let copied = try_join_all(pages).await?;
        let progress = &mut rebuild.progress;
        for Copied { segment, progress: reached, written, set_aside } in copied {
            progress.segments[segment] = reached;
            progress.written += written;
            progress.set_aside += set_aside.len() as u64;
            problems.extend(set_aside);
        }
        tracing::info!(function = "reindex", index = rebuild.name(), written = rebuild.progress.written, "pages");
        Ok(rebuild.save().await?)
    }

    /// Copies the next page of a segment; `None` at its end.
    fn copy_page<'a>(
        &'a self,
        rebuild: &'a Rebuild,
        segment: usize,
        products: i32,
    ) -> Option<impl Future<Output = Result<Copied, ReindexError>> + 'a> {
        let segments = &rebuild.progress.segments;
        let after = match &segments[segment] {
            SegmentProgress::Start => None,
            SegmentProgress::After(key) => Some(key.as_str()),
            SegmentProgress::End => return None,
        };
        let part = Segment { number: u32::try_from(segment).ok()?, of: u32::try_from(segments.len()).ok()? };
        Some(async move {
            let read_at_ms = self.clock.now().as_millis(); // before anything is read
            let page = self.products.page(part, after, products).await?;
            let shards = page.products.iter().map(|product| (&product.product_id, product.stock_shards));
            let available = self.inventory.available_many(shards, true).await?;
            let indexed = |product| IndexOperation::Put(Box::new(as_indexed(product, &available, read_at_ms)));
            let operations: Vec<_> = page.products.iter().map(indexed).collect();
            let outcomes = self.write(rebuild, &operations).await?;
            let progress = page.next.clone().map_or(SegmentProgress::End, SegmentProgress::After);
            let set_aside = set_aside(page, outcomes);
            Ok(Copied { segment, progress, written: operations.len() as u64, set_aside })
        })
    }

    async fn write(&self, rebuild: &Rebuild, operations: &[IndexOperation]) -> Result<Vec<Indexed>, SearchError> {
        let mut retries = 0;
        loop {
            match rebuild.write(operations).await {
                Err(SearchError::Unavailable(_)) if retries < MAX_RETRIES => {
                    let wait_ms = 100 << retries;
                    retries += 1;
                    tokio::time::sleep(Duration::from_millis(wait_ms / 2 + self.random.below(wait_ms))).await;
                }
                outcome => return outcome,
            }
        }
    }
}

/// States how much storage a node lacks for a second copy of its indices; `None` if it has enough.
fn missing_storage(storage: &NodeStorage) -> Option<String> {
    let NodeStorage { node, total_bytes, free_bytes, index_bytes } = storage;
    let needed_bytes = index_bytes + (total_bytes / 100 * RESERVED_PERCENT).min(RESERVED_BYTES);
    let mib = |bytes: u64| bytes >> 20;
    (*free_bytes < needed_bytes).then(|| {
        format!(
            "the search node {node} has {} MiB free and needs {} MiB for a second index: give it a larger disk \
             (SearchVolumeGiB), or set ignore_storage",
            mib(*free_bytes),
            mib(needed_bytes)
        )
    })
}

/// The products that cannot be read, and those that the index rejects.
fn set_aside(page: ProductPage, outcomes: Vec<Indexed>) -> Vec<Problem> {
    let unreadable = page.unreadable.into_iter().map(|(product_id, error)| (product_id, error.to_string()));
    let refused = page.products.iter().zip(outcomes).filter_map(|(product, outcome)| match outcome {
        Indexed::Failed(reason) => Some((product.product_id.to_string(), reason)),
        Indexed::Done | Indexed::Superseded => None,
    });
    let set_aside: Vec<_> =
        unreadable.chain(refused).map(|(product_id, reason)| Problem { product_id, reason }).collect();
    for Problem { product_id, reason } in &set_aside {
        tracing::error!(function = "reindex", product_id, reason, "set aside");
    }
    set_aside
}

#[cfg(test)]
mod tests;
