//! Fills a new index from the products table and replaces the live one by it, while writes continue: after a
//! change of the mapping, or when the index was lost. Invoked by an operator, again and again until it says `done`; each
//! run continues where the last one ended, however that ended. What cannot be indexed is reported and left out.
//!
//! It refuses to run while the cluster is red, and to start while a node has no room for a second index: a half-written
//! index that fills the disk would stop every write to the live one.
//!
//! ```json
//! {"seconds": 600}
//! {"done": false, "index": "products-v3", "written": 125000, "set_aside": 1, "problems": [{"product_id": "x", "reason": "…"}]}
//! {"done": false, "refused": "…"}
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
/// How often a write is tried again while OpenSearch does not take it; the waits between add up to some ten seconds.
const TRIES: u32 = 6;
/// Longest run that is asked for; Lambda ends it after 900 seconds.
const MAX_SECONDS: u64 = 840;
/// Most problems of one answer; all are in the log, and all are counted.
const TOLD_PROBLEMS: usize = 100;

/// Parts of the table of a new rebuild.
const SEGMENTS: usize = 4;
/// OpenSearch Service stops writes to a node with less free space than this part of its disk, or than so many bytes,
/// whichever is less.
const RESERVED_PERCENT: u64 = 20;
const RESERVED_BYTES: u64 = 20 << 30;

/// The function.
pub struct Reindex {
    /// Where products are found.
    pub search: SearchIndex,
    /// Where they are.
    pub products: Products,
    /// Where stock is.
    pub inventory: Inventory,
    /// The time, which orders what is written.
    pub clock: Arc<dyn Clock>,
    /// Jitter.
    pub random: Arc<dyn Random>,
    /// Into how many parts a new rebuild divides the table. They are copied side by side: one waits for DynamoDB while
    /// another waits for OpenSearch.
    pub segments: usize,
}

impl Reindex {
    /// With the stores and settings that the environment names.
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

/// What the operator asks for.
#[derive(Debug, Default, Deserialize)]
pub struct ReindexCommand {
    /// How long this run may take.
    #[serde(default)]
    seconds: Option<u64>,
    /// Start without looking at free storage.
    #[serde(default)]
    ignore_storage: bool,
}

/// What became of a run.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ReindexResponse {
    /// It wrote.
    Ran(Report),
    /// It did not start.
    Refused {
        /// Always false.
        done: bool,
        /// Why.
        refused: String,
    },
}

/// How far it is.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The new index is live.
    pub done: bool,
    /// The new index.
    pub index: String,
    /// Products written, by all runs.
    pub written: u64,
    /// Products that could not be, by all runs.
    pub set_aside: u64,
    /// The first of those of this run.
    pub problems: Vec<Problem>,
}

/// A product that is left out.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Which.
    pub product_id: String,
    /// Why.
    pub reason: String,
}

/// Why a run ended early. The next one continues.
#[derive(Debug, thiserror::Error)]
pub enum ReindexError {
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index.
    #[error(transparent)]
    Search(#[from] SearchError),
}

impl ReindexCommand {
    /// When this run has to end, if it begins now.
    pub fn until(&self, now: Timestamp) -> Timestamp {
        let seconds = self.seconds.unwrap_or(MAX_SECONDS).min(MAX_SECONDS);
        Timestamp::from_millis(now.as_millis() + i64::try_from(seconds * 1_000).unwrap_or_default())
    }
}

/// What became of one page.
struct Copied {
    segment: usize,
    progress: SegmentProgress,
    written: u64,
    set_aside: Vec<Problem>,
}

impl Reindex {
    /// Why a run must not start now. One that continues has taken its storage already.
    async fn refusal(&self, command: &ReindexCommand) -> Result<Option<String>, ReindexError> {
        if self.search.cluster_health().await? == ClusterHealth::Red {
            return Ok(Some(
                "the search cluster is red: a shard of an index is missing; see docs/operations.md".to_owned(),
            ));
        }
        if command.ignore_storage || self.search.is_being_rebuilt().await? {
            return Ok(None);
        }
        Ok(self.search.storage().await?.iter().find_map(missing_storage))
    }

    /// Fills until it is done or that moment has come.
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
        problems.truncate(TOLD_PROBLEMS);
        Ok(Report { done, index, written: progress.written, set_aside: progress.set_aside, problems })
    }

    /// Copies a page of each segment and remembers that. If one fails, all are copied again, which does no harm.
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

    /// The next page of a segment; none at its end.
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
        let mut tries = 0;
        loop {
            match rebuild.write(operations).await {
                Err(SearchError::Unavailable(_)) if tries < TRIES => {
                    let wait_ms = 100 << tries;
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(wait_ms / 2 + self.random.below(wait_ms))).await;
                }
                outcome => return outcome,
            }
        }
    }
}

/// Says how much storage a node lacks for a second copy of the indices on it.
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

/// What cannot be read, and what the index does not take.
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
