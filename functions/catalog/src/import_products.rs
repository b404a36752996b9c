//! `POST /admin/imports`: many products at once, one JSON object a line (`application/x-ndjson`).
//!
//! A bad line is reported and the others are written. A repeated import writes the same again and never touches stock
//! that is already counted, so a client may retry whatever it got no answer to.

mod line;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use souk_domain::catalog::{Category, Product};
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::{CategoryId, ProductId, UserId};
use souk_domain::money::Currency;
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::{Categories, Inventory, LedgerEntry, Products, Saved, StoreError};

use crate::product_fields::on_top_of;
use line::{BadLine, Line, numbered};

/// Largest body, in bytes. (API Gateway hands binary bodies over in base64, of which 6 MB pass: there the limit is
/// nearer to 4.4 MB.)
const MAX_BODY_BYTES: usize = 5_000_000;
/// Most lines of one call, blank ones aside: what is written within the time that the API gives.
const MAX_LINES: usize = 1_000;
/// Writes under way at once.
const IN_FLIGHT: usize = 16;
/// How often a write is tried again when other writers come first.
const TRIES: u32 = 8;

/// The endpoint.
pub struct ImportProducts {
    /// Where products go.
    pub products: Products,
    /// Where their categories go.
    pub categories: Categories,
    /// Where first counts go.
    pub inventory: Inventory,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For the ids of ledger entries.
    pub random: Arc<dyn Random>,
    /// Of the shop.
    pub currency: Currency,
}

#[derive(Serialize)]
struct Outcome {
    /// Different products that are written.
    imported: usize,
    /// The lines that are not.
    errors: Vec<BadLine>,
}

impl Endpoint for ImportProducts {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let staff = request.staff()?;
        let body = request.body("application/x-ndjson", MAX_BODY_BYTES)?;
        let (lines, errors) = self.read(body)?;
        self.ensure_categories(&lines).await?;
        self.save(&lines).await?;
        self.count_new(&lines, &staff.user_id).await?;
        Ok(Reply::ok(&Outcome { imported: lines.len(), errors }))
    }
}

impl ImportProducts {
    /// The good lines by product, of several about one product the last, and the bad ones.
    fn read(&self, body: &[u8]) -> Result<(BTreeMap<ProductId, Line>, Vec<BadLine>), Problem> {
        let mut lines = BTreeMap::new();
        let mut bad = Vec::new();
        for (count, (number, raw)) in numbered(body).enumerate() {
            if count == MAX_LINES {
                return Err(Problem::new(413, "too_many_lines", format!("send at most {MAX_LINES} lines at once")));
            }
            match Line::read(number, raw, self.currency) {
                Ok(line) => drop(lines.insert(line.product.product_id.clone(), line)),
                Err(error) => bad.push(error),
            }
        }
        Ok((lines, bad))
    }

    /// Departments first, then what is in them, and all before the products: the tree never lacks what is in use.
    async fn ensure_categories(&self, lines: &BTreeMap<ProductId, Line>) -> Result<(), Problem> {
        let all = lines.values().flat_map(|line| line.product.category.categories());
        let distinct: BTreeMap<&CategoryId, &Category> =
            all.map(|category| (&category.category_id, category)).collect();
        for departments in [true, false] {
            let level = distinct.values().filter(|category| category.parent_id.is_none() == departments);
            let writes: Vec<_> = level.map(|category| self.categories.ensure(category)).collect();
            stream::iter(writes).buffer_unordered(IN_FLIGHT).try_collect::<()>().await?;
        }
        Ok(())
    }

    /// Writes each product on top of what is there, again for those that somebody else wrote meanwhile.
    async fn save(&self, lines: &BTreeMap<ProductId, Line>) -> Result<(), Problem> {
        let mut pending: Vec<&Product> = lines.values().map(|line| &line.product).collect();
        for tries in 0..TRIES {
            let seen = self.products.get_many(pending.iter().map(|draft| &draft.product_id), tries > 0).await?;
            let writes: Vec<_> = pending.iter().map(|draft| self.put(draft, seen.get(&draft.product_id))).collect();
            let outcomes: Vec<_> = stream::iter(writes).buffered(IN_FLIGHT).try_collect().await?;
            let stale = pending.iter().zip(outcomes).filter(|(_, saved)| *saved == Saved::Stale);
            pending = stale.map(|(draft, _)| *draft).collect();
            if pending.is_empty() {
                return Ok(());
            }
            self.products.back_off(tries).await;
        }
        Err(StoreError::Conflict.into())
    }

    async fn put(&self, draft: &Product, seen: Option<&Product>) -> Result<Saved, StoreError> {
        let product = on_top_of(seen, draft, self.clock.now());
        self.products.put(&product, seen.map(|seen| seen.version)).await
    }

    /// First counts only: stock that lives is not overwritten.
    async fn count_new(&self, lines: &BTreeMap<ProductId, Line>, staff: &UserId) -> Result<(), Problem> {
        let counts: Vec<_> = lines
            .values()
            .filter_map(|line| Some((&line.product.product_id, line.available?)))
            .map(|(product_id, available)| async move {
                let entry = LedgerEntry::new("imported", staff.clone(), self.clock.now(), None, &*self.random);
                self.inventory.count_if_new(product_id, available, &entry).await
            })
            .collect();
        Ok(stream::iter(counts).buffer_unordered(IN_FLIGHT).try_collect::<()>().await?)
    }
}

#[cfg(test)]
mod tests;
