//! Imports many products, one JSON object a line: shared by `POST /admin/imports` and uploads to S3.
//!
//! Bad lines are reported, the others are written. An import can be repeated: it writes the same products again, and
//! does not change stock that was counted before.

mod line;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::catalog::{CategoryPath, Product};
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::{ProductId, UserId};
use souk_domain::money::Currency;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::Problem;
use souk_store::{Categories, Inventory, LedgerEntry, Products, SaveOutcome, StoreError};

use crate::product_fields::next_version_of;
pub(crate) use line::{Line, MAX_LINE_BYTES, RejectedLine, numbered};

/// Most lines of one import, without blank ones: as many as are written within the time limit of the API.
pub(crate) const MAX_LINES: usize = 1_000;
/// Concurrent writes.
const IN_FLIGHT: usize = 16;
/// Attempts to write a product that other writers change at the same time.
const MAX_ATTEMPTS: u32 = 8;

/// Dependencies of an import.
pub struct ImportContext {
    /// The products table.
    pub products: Products,
    /// The categories table.
    pub categories: Categories,
    /// The inventory table, for first counts.
    pub inventory: Inventory,
    /// For the versions of products and the times of ledger entries.
    pub clock: Arc<dyn Clock>,
    /// For the ids of ledger entries.
    pub random: Arc<dyn Random>,
    /// The currency of the shop.
    pub currency: Currency,
}

/// The result of an import.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ImportReport {
    /// How many different products were written.
    pub(crate) imported: usize,
    /// The lines that were not imported.
    pub(crate) errors: Vec<RejectedLine>,
    /// The changed prices, for the audit log.
    #[serde(skip)]
    #[schemars(skip)]
    pub(crate) price_changes: Vec<PriceChange>,
}

/// A product that got another price.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct PriceChange {
    product_id: ProductId,
    /// In minor units.
    before: i64,
    /// In minor units.
    after: i64,
}

impl PriceChange {
    /// None for a new product and for one that keeps its price.
    fn between(before: Option<&Product>, after: &Product) -> Option<Self> {
        let before = before?.price_minor;
        let change = Self { product_id: after.product_id.clone(), before, after: after.price_minor };
        (change.before != change.after).then_some(change)
    }
}

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    /// There are more than [`MAX_LINES`]; nothing is written.
    #[error("there are more than {MAX_LINES} lines")]
    TooManyLines,
    /// Some products may be written; repeating the import writes the rest.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::TooManyLines => {
                Self::new(413, "too_many_lines", format!("send at most {MAX_LINES} lines at once"))
            }
            ImportError::Store(error) => error.into(),
        }
    }
}

impl ImportContext {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            products: deps.products()?,
            categories: deps.categories()?,
            inventory: deps.inventory()?,
            clock: deps.clock(),
            random: deps.random(),
            currency: deps.currency()?,
        })
    }

    /// Imports the lines, which are numbered from `first_line`. `staff` is the caller, if there is one.
    pub(crate) async fn import(
        &self,
        body: &[u8],
        first_line: usize,
        staff: Option<&UserId>,
    ) -> Result<ImportReport, ImportError> {
        let (mut lines, mut errors) = self.read(body, first_line)?;
        errors.extend(self.file(&mut lines).await?);
        let price_changes = self.save(&lines).await?;
        self.set_first_counts(&lines, staff).await?;
        Ok(ImportReport { imported: lines.len(), errors, price_changes })
    }

    /// The good lines by product (of several with one product the last), and the bad ones.
    fn read(
        &self,
        body: &[u8],
        first_line: usize,
    ) -> Result<(BTreeMap<ProductId, Line>, Vec<RejectedLine>), ImportError> {
        let mut lines = BTreeMap::new();
        let mut bad = Vec::new();
        for (count, (number, raw)) in numbered(body, first_line).enumerate() {
            if count == MAX_LINES {
                return Err(ImportError::TooManyLines);
            }
            match Line::read(number, raw, self.currency) {
                Ok(line) => drop(lines.insert(line.product.product_id.clone(), line)),
                Err(error) => bad.push(error),
            }
        }
        Ok((lines, bad))
    }

    /// Gives each product its category in the tree, which then has every category that is in use. Takes out the lines
    /// whose category cannot be made.
    async fn file(&self, lines: &mut BTreeMap<ProductId, Line>) -> Result<Vec<RejectedLine>, StoreError> {
        let mut distinct: BTreeMap<Vec<String>, CategoryPath> = BTreeMap::new();
        for line in lines.values() {
            let path = &line.product.category;
            distinct.entry(names(path)).or_insert_with(|| path.clone());
        }
        let (names_of, paths): (Vec<_>, Vec<_>) = distinct.into_iter().unzip();
        let filed: BTreeMap<_, _> = names_of.into_iter().zip(self.categories.file(&paths).await?).collect();
        let mut rejected = Vec::new();
        lines.retain(|_, line| match filed.get(&names(&line.product.category)) {
            Some(Ok(path)) => {
                line.product.category = path.clone();
                true
            }
            Some(Err(error)) => {
                rejected.push(RejectedLine::of_category(line.number, *error));
                false
            }
            None => true, // each path was filed
        });
        Ok(rejected)
    }

    /// Writes each product over the stored one, and again if another writer changed it in between. Returns the changed
    /// prices.
    async fn save(&self, lines: &BTreeMap<ProductId, Line>) -> Result<Vec<PriceChange>, StoreError> {
        let mut price_changes = Vec::new();
        let mut pending: Vec<&Product> = lines.values().map(|line| &line.product).collect();
        for attempt in 0..MAX_ATTEMPTS {
            let seen = self.products.get_many(pending.iter().map(|draft| &draft.product_id), attempt > 0).await?;
            let writes: Vec<_> = pending.iter().map(|draft| self.put(draft, seen.get(&draft.product_id))).collect();
            let outcomes: Vec<_> = stream::iter(writes).buffered(IN_FLIGHT).try_collect().await?;
            let (stale, saved): (Vec<_>, Vec<_>) =
                pending.iter().zip(outcomes).partition(|(_, saved)| *saved == SaveOutcome::VersionConflict);
            let changed = |(draft, _): (&&Product, _)| PriceChange::between(seen.get(&draft.product_id), draft);
            price_changes.extend(saved.into_iter().filter_map(changed));
            pending = stale.into_iter().map(|(draft, _)| *draft).collect();
            if pending.is_empty() {
                return Ok(price_changes);
            }
            self.products.back_off(attempt).await;
        }
        Err(StoreError::Conflict)
    }

    async fn put(&self, draft: &Product, seen: Option<&Product>) -> Result<SaveOutcome, StoreError> {
        let product = next_version_of(seen, draft, self.clock.now());
        self.products.put(&product, seen.map(|seen| seen.version)).await
    }

    /// Sets first counts only: counted stock is not overwritten.
    async fn set_first_counts(
        &self,
        lines: &BTreeMap<ProductId, Line>,
        staff: Option<&UserId>,
    ) -> Result<(), StoreError> {
        let counts: Vec<_> = lines
            .values()
            .filter_map(|line| Some((&line.product.product_id, line.available?)))
            .map(|(product_id, available)| async move {
                let entry = LedgerEntry::new("imported", staff.cloned(), self.clock.now(), None, &*self.random);
                self.inventory.count_if_new(product_id, available, &entry).await
            })
            .collect();
        stream::iter(counts).buffer_unordered(IN_FLIGHT).try_collect::<()>().await
    }
}

/// What tells categories apart: two names may have the same id in an empty tree.
fn names(path: &CategoryPath) -> Vec<String> {
    path.categories().iter().map(|category| category.name.clone()).collect()
}
