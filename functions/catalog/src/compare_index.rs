//! Compares the index with the products table: both must have the same products, and each document must be what would
//! be written now. Invoked by an operator, repeatedly with the `next` of the last response until that is null. Writes
//! may continue: differences are checked again some seconds later, and reported only if they remain.
//!
//! ```json
//! {"seconds": 600, "next": null}
//! {"compared": 125000, "missing": [], "different": ["x"], "surplus": [], "next": {"table": "y"}}
//! ```

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use souk_domain::effects::Clock;
use souk_domain::ids::ProductId;
use souk_domain::time::Timestamp;
use souk_runtime::config::ConfigError;
use souk_runtime::direct::DirectHandler;
use souk_runtime::{Dependencies, Error};
use souk_search::SearchIndex;
use souk_store::{Categories, Inventory, Products, Segment};

use crate::index_products::as_indexed;
use crate::reindex::ReindexError;

/// Products of one page of the table, and of one call to the index.
const PAGE_PRODUCTS: i32 = 500;
/// Ids of one page of the index.
const PAGE_IDS: u32 = 1_000;
/// How often a difference is checked before it is reported, and the time between.
const CHECKS: u32 = 4;
const CHECK_INTERVAL: Duration = Duration::from_millis(1_500);
/// Longest run; Lambda ends it after 900 seconds.
const MAX_SECONDS: u64 = 840;
/// A run ends after so many differences.
const MAX_DIFFERENCES: usize = 1_000;

/// Compares the index with the products table.
pub struct CompareIndex {
    /// The search index.
    pub search: SearchIndex,
    /// The products table.
    pub products: Products,
    /// The inventory table.
    pub inventory: Inventory,
    /// The category tree, which documents are made with.
    pub categories: Categories,
    /// Ends a run in time.
    pub clock: Arc<dyn Clock>,
}

impl CompareIndex {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            search: deps.search()?,
            products: deps.products()?,
            inventory: deps.inventory()?,
            categories: deps.categories()?,
            clock: deps.clock(),
        })
    }
}

impl DirectHandler for CompareIndex {
    type Request = CompareIndexCommand;
    type Response = Comparison;

    async fn handle(&self, request: CompareIndexCommand, _: Timestamp) -> Result<Comparison, Error> {
        let (from, until) = request.read(self.clock.now());
        Ok(self.run(from, until).await?)
    }
}

/// What the operator requests.
#[derive(Debug, Default, Deserialize)]
pub struct CompareIndexCommand {
    /// Time limit of this run.
    #[serde(default)]
    seconds: Option<u64>,
    /// Where the last run ended.
    #[serde(default)]
    next: Option<Position>,
}

/// Where a run continues: after a product, first in the table, then in the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Each product of the table is looked up in the index.
    Table(Option<String>),
    /// Each document of the index is looked up in the table.
    Index(Option<ProductId>),
}

/// The differences that a run found.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Products of the table that were compared.
    pub compared: u64,
    /// In the table, not in the index.
    pub missing: BTreeSet<ProductId>,
    /// In both, but different.
    pub different: BTreeSet<ProductId>,
    /// In the index, not in the table.
    pub surplus: BTreeSet<ProductId>,
    /// Where the next run continues; none when everything is compared.
    pub next: Option<Position>,
}

impl CompareIndexCommand {
    /// Where the run starts, and when it must end if it starts now.
    pub fn read(self, now: Timestamp) -> (Position, Timestamp) {
        let seconds = self.seconds.unwrap_or(MAX_SECONDS).min(MAX_SECONDS);
        let until = Timestamp::from_millis(now.as_millis() + i64::try_from(seconds * 1_000).unwrap_or_default());
        (self.next.unwrap_or(Position::Table(None)), until)
    }
}

impl CompareIndex {
    /// Compares until everything is compared or the time is over.
    pub async fn run(&self, from: Position, until: Timestamp) -> Result<Comparison, ReindexError> {
        let mut comparison = Comparison { next: Some(from), ..Comparison::default() };
        while let Some(position) = comparison.next.take() {
            if self.clock.now() >= until || comparison.differences() >= MAX_DIFFERENCES {
                comparison.next = Some(position);
                break;
            }
            comparison.next = match position {
                Position::Table(after) => {
                    let page = self.products.page(Segment::WHOLE, after.as_deref(), PAGE_PRODUCTS).await?;
                    comparison.compared += (page.products.len() + page.unreadable.len()) as u64;
                    // An item that cannot be read cannot be indexed.
                    let unreadable = page.unreadable.iter().filter_map(|(id, _)| id.parse::<ProductId>().ok());
                    let ids = page.products.into_iter().map(|product| product.product_id).collect();
                    self.compare(ids, &mut comparison).await?;
                    comparison.missing.extend(unreadable);
                    Some(page.next.map_or(Position::Index(None), |next| Position::Table(Some(next))))
                }
                Position::Index(after) => {
                    let ids = self.search.ids(after.as_ref(), PAGE_IDS).await?;
                    let next = ids.last().cloned();
                    let existing = self.products.get_many(&ids, true).await?;
                    let surplus = ids.into_iter().filter(|id| !existing.contains_key(id)).collect();
                    self.compare(surplus, &mut comparison).await?;
                    next.map(|next| Position::Index(Some(next)))
                }
            };
        }
        Ok(comparison)
    }

    /// Compares these products; those that differ are checked several times.
    async fn compare(&self, mut ids: Vec<ProductId>, comparison: &mut Comparison) -> Result<(), ReindexError> {
        for check in 1..=CHECKS {
            let found = self.check(&ids).await?;
            if check == CHECKS || found.differences() == 0 {
                comparison.missing.extend(found.missing);
                comparison.different.extend(found.different);
                comparison.surplus.extend(found.surplus);
                break;
            }
            ids = [found.missing, found.different, found.surplus].into_iter().flatten().collect();
            tokio::time::sleep(CHECK_INTERVAL).await;
        }
        Ok(())
    }

    async fn check(&self, ids: &[ProductId]) -> Result<Comparison, ReindexError> {
        let mut found = Comparison::default();
        let tree = self.categories.tree().await?;
        let products = self.products.get_many(ids, true).await?;
        let shards = products.values().map(|product| (&product.product_id, product.stock_shards));
        let (available, stored) = tokio::join!(self.inventory.available_many(shards, true), self.search.stored(ids));
        let (available, stored) = (available?, stored?);
        for product_id in ids {
            let differs = match (products.get(product_id), stored.get(product_id)) {
                (None, None) => continue,
                (None, Some(_)) => &mut found.surplus,
                (Some(_), None) => &mut found.missing,
                (Some(product), Some(stored)) if stored.matches(&as_indexed(product, &tree, &available, 0)) => continue,
                (Some(_), Some(_)) => &mut found.different,
            };
            differs.insert(product_id.clone());
        }
        Ok(found)
    }
}

impl Comparison {
    fn differences(&self) -> usize {
        self.missing.len() + self.different.len() + self.surplus.len()
    }
}
