//! Compares the index with the products table: the same products, each exactly as it would be written now. Invoked by an
//! operator, again and again with the `next` of the last answer until that is null. Writes may go on: what differs is
//! looked at again some seconds later, and told only if it still does.
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
use souk_store::{Inventory, Products, Segment};

use crate::index_products::as_indexed;
use crate::reindex::ReindexError;

/// Products of one page of the table, and of one call to the index.
const PAGE_PRODUCTS: i32 = 500;
/// Ids of one page of the index.
const PAGE_IDS: u32 = 1_000;
/// How often what differs is looked at again, and after how long.
const LOOKS: u32 = 4;
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(1_500);
/// Longest run that is asked for; Lambda ends it after 900 seconds.
const MAX_SECONDS: u64 = 840;
/// A run ends with so many differences: there is no use in more.
const ENOUGH: usize = 1_000;

/// The function.
pub struct CompareIndex {
    /// Where products are found.
    pub search: SearchIndex,
    /// Where they are.
    pub products: Products,
    /// Where stock is.
    pub inventory: Inventory,
    /// When to end.
    pub clock: Arc<dyn Clock>,
}

impl CompareIndex {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            search: deps.search()?,
            products: deps.products()?,
            inventory: deps.inventory()?,
            clock: deps.clock(),
        })
    }
}

impl DirectHandler for CompareIndex {
    type Request = Order;
    type Response = Comparison;

    async fn handle(&self, request: Order, _: Timestamp) -> Result<Comparison, Error> {
        let (from, until) = request.read(self.clock.now());
        Ok(self.run(from, until).await?)
    }
}

/// What the operator asks for.
#[derive(Debug, Default, Deserialize)]
pub struct Order {
    /// How long this run may take.
    #[serde(default)]
    seconds: Option<u64>,
    /// Where the last run ended.
    #[serde(default)]
    next: Option<Position>,
}

/// Where a run goes on: behind a product, first through the table, then through the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Each product of the table is looked up in the index.
    Table(Option<String>),
    /// Each document of the index is looked up in the table.
    Index(Option<ProductId>),
}

/// What a run found.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Products of the table that were compared.
    pub compared: u64,
    /// In the table, not in the index.
    pub missing: BTreeSet<ProductId>,
    /// In both, and not the same.
    pub different: BTreeSet<ProductId>,
    /// In the index, not in the table.
    pub surplus: BTreeSet<ProductId>,
    /// Where to go on; none when all is compared.
    pub next: Option<Position>,
}

impl Order {
    /// Where to begin, and when this run has to end if it begins now.
    pub fn read(self, now: Timestamp) -> (Position, Timestamp) {
        let seconds = self.seconds.unwrap_or(MAX_SECONDS).min(MAX_SECONDS);
        let until = Timestamp::from_millis(now.as_millis() + i64::try_from(seconds * 1_000).unwrap_or_default());
        (self.next.unwrap_or(Position::Table(None)), until)
    }
}

impl CompareIndex {
    /// Compares until all is compared or that moment has come.
    pub async fn run(&self, from: Position, until: Timestamp) -> Result<Comparison, ReindexError> {
        let mut comparison = Comparison { next: Some(from), ..Comparison::default() };
        while let Some(position) = comparison.next.take() {
            if self.clock.now() >= until || comparison.differences() >= ENOUGH {
                comparison.next = Some(position);
                break;
            }
            comparison.next = match position {
                Position::Table(after) => {
                    let page = self.products.page(Segment::WHOLE, after.as_deref(), PAGE_PRODUCTS).await?;
                    comparison.compared += (page.products.len() + page.unreadable.len()) as u64;
                    // What cannot be read cannot be in the index as it is.
                    let unreadable = page.unreadable.iter().filter_map(|(id, _)| id.parse::<ProductId>().ok());
                    let ids = page.products.into_iter().map(|product| product.product_id).collect();
                    self.compare(ids, &mut comparison).await?;
                    comparison.missing.extend(unreadable);
                    Some(page.next.map_or(Position::Index(None), |next| Position::Table(Some(next))))
                }
                Position::Index(after) => {
                    let ids = self.search.ids(after.as_ref(), PAGE_IDS).await?;
                    let next = ids.last().cloned();
                    let there = self.products.get_many(&ids, true).await?;
                    let surplus = ids.into_iter().filter(|id| !there.contains_key(id)).collect();
                    self.compare(surplus, &mut comparison).await?;
                    next.map(|next| Position::Index(Some(next)))
                }
            };
        }
        Ok(comparison)
    }

    /// Compares these products, those that differ several times.
    async fn compare(&self, mut ids: Vec<ProductId>, comparison: &mut Comparison) -> Result<(), ReindexError> {
        for look in 1..=LOOKS {
            let found = self.look(&ids).await?;
            if look == LOOKS || found.differences() == 0 {
                comparison.missing.extend(found.missing);
                comparison.different.extend(found.different);
                comparison.surplus.extend(found.surplus);
                break;
            }
            ids = [found.missing, found.different, found.surplus].into_iter().flatten().collect();
            tokio::time::sleep(LOOK_AGAIN_AFTER).await;
        }
        Ok(())
    }

    async fn look(&self, ids: &[ProductId]) -> Result<Comparison, ReindexError> {
        let mut found = Comparison::default();
        let products = self.products.get_many(ids, true).await?;
        let shards = products.values().map(|product| (&product.product_id, product.stock_shards));
        let (available, stored) = tokio::join!(self.inventory.available_many(shards, true), self.search.stored(ids));
        let (available, stored) = (available?, stored?);
        for product_id in ids {
            let differs = match (products.get(product_id), stored.get(product_id)) {
                (None, None) => continue,
                (None, Some(_)) => &mut found.surplus,
                (Some(_), None) => &mut found.missing,
                (Some(product), Some(stored)) if stored.is(&as_indexed(product, &available, 0)) => continue,
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
