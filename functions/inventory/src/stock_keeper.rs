//! What counting and adjusting share: who changes the stock of which product, written down with the change.

use std::sync::Arc;

use serde::Serialize;
use souk_domain::effects::{Clock, Random};
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::{ProductId, UserId};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Problem, Reply, Request};
use souk_store::{Inventory, LedgerEntry, MAX_AVAILABLE, Products, StockChangeOutcome};

/// Longest reason, in characters.
pub(crate) const MAX_REASON_CHARS: usize = 200;

/// What a change of stock stands on.
pub struct StockKeeper {
    /// Where stock is.
    pub inventory: Inventory,
    /// Says which products there are.
    pub products: Products,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Tells ledger entries of one moment apart.
    pub random: Arc<dyn Random>,
}

impl StockKeeper {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            inventory: deps.inventory()?,
            products: deps.products()?,
            clock: deps.clock(),
            random: deps.random(),
        })
    }
}

/// Who changes what.
pub(crate) struct Asked {
    product_id: ProductId,
    changed_by: UserId,
    request: Option<IdempotencyKey>,
}

#[derive(Serialize)]
struct Stock<'a> {
    product_id: &'a str,
    available: u32,
}

impl Asked {
    /// Refuses whoever is not staff before anything else is looked at.
    pub(crate) fn read(request: &Request) -> Result<Self, Problem> {
        Ok(Self {
            changed_by: request.staff()?.user_id.clone(),
            product_id: request.path_id("product_id", "product")?,
            request: request.idempotency_key()?,
        })
    }

    pub(crate) const fn product_id(&self) -> &ProductId {
        &self.product_id
    }

    /// The answer to what became of a change that needed `asked` units.
    pub(crate) fn answer(&self, change: StockChangeOutcome, asked: u64) -> Result<Reply, Problem> {
        match change {
            StockChangeOutcome::Changed { available } => {
                Ok(Reply::ok(&Stock { product_id: self.product_id.as_str(), available }))
            }
            StockChangeOutcome::InsufficientStock { available } => {
                let items =
                    serde_json::json!([{"product_id": self.product_id, "asked": asked, "available": available}]);
                Err(Problem::conflict("insufficient_stock", "there is less in stock than that").with("items", items))
            }
            StockChangeOutcome::AboveMaximum { available } => {
                let detail = format!("a product has at most {MAX_AVAILABLE} units in stock");
                Err(Problem::conflict("stock_limit_exceeded", detail).with("available", available))
            }
            StockChangeOutcome::KeyReused => Err(Problem::idempotency_key_reused()),
        }
    }
}

impl StockKeeper {
    /// The ledger entry for a change of a product that exists.
    pub(crate) async fn entry(&self, asked: &Asked, reason: String) -> Result<LedgerEntry, Problem> {
        if self.products.get(&asked.product_id).await?.is_none() {
            return Err(Problem::not_found("product"));
        }
        let (changed_by, request) = (asked.changed_by.clone(), asked.request.clone());
        Ok(LedgerEntry::new(reason, changed_by, self.clock.now(), request, &*self.random))
    }
}
