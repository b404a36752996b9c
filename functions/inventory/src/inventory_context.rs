//! Shared by the endpoints with which staff change stock. Every change has a ledger entry.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::effects::{Clock, Random};
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::{ProductId, UserId};
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Problem, Reply, Request};
use souk_store::{Inventory, LedgerEntry, MAX_AVAILABLE, Products, StockChangeOutcome};

/// What a change of stock answers to a second request with its `Idempotency-Key`.
pub(crate) const KEY_ANSWER: &str = "Changes the stock once. The answer has the stock after that change.";
/// How long the key is stored.
pub(crate) const KEY_STORED: &str = "as long as the history of the stock";
/// Maximum length of a reason.
pub(crate) const MAX_REASON_CHARS: usize = 200;

/// Dependencies of the endpoints with which staff change stock.
pub struct InventoryContext {
    /// The inventory table.
    pub inventory: Inventory,
    /// The products table.
    pub products: Products,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// Distinguishes ledger entries of the same moment.
    pub random: Arc<dyn Random>,
}

impl InventoryContext {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            inventory: deps.inventory()?,
            products: deps.products()?,
            clock: deps.clock(),
            random: deps.random(),
        })
    }
}

/// The parts of a request that all changes of stock have.
pub(crate) struct ChangeStockRequest {
    product_id: ProductId,
    changed_by: UserId,
    idempotency_key: Option<IdempotencyKey>,
}

/// The stock of a product after a change.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ChangedStock")]
pub(crate) struct StockResponse<'a> {
    /// The id of the product.
    product_id: &'a str,
    /// Units in stock after this change.
    available: u32,
}

/// The stock before or after a change, for the audit log.
#[derive(Serialize)]
struct AuditedStock<'a> {
    available: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl ChangeStockRequest {
    /// Rejects callers without the permission before it reads anything else.
    pub(crate) fn read(request: &Request) -> Result<Self, Problem> {
        Ok(Self {
            changed_by: request.staff(Permission::StockWrite)?.user_id.clone(),
            product_id: request.path_id("product_id", "product")?,
            idempotency_key: request.idempotency_key()?,
        })
    }

    pub(crate) const fn product_id(&self) -> &ProductId {
        &self.product_id
    }

    /// The response to the outcome of a change that needed this many units.
    pub(crate) fn response(&self, outcome: StockChangeOutcome, requested: u64, reason: &str) -> Result<Reply, Problem> {
        match outcome {
            StockChangeOutcome::Changed { before, available } => {
                let reply = Reply::ok(&StockResponse { product_id: self.product_id.as_str(), available });
                Ok(reply.audit(
                    &AuditedStock { available: before, reason: None },
                    &AuditedStock { available, reason: Some(reason) },
                ))
            }
            StockChangeOutcome::InsufficientStock { available } => {
                let items =
                    serde_json::json!([{"product_id": self.product_id, "asked": requested, "available": available}]);
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

impl InventoryContext {
    /// The ledger entry for a change of a product that exists.
    pub(crate) async fn entry(
        &self,
        stock_request: &ChangeStockRequest,
        reason: String,
    ) -> Result<LedgerEntry, Problem> {
        if self.products.get(&stock_request.product_id).await?.is_none() {
            return Err(Problem::not_found("product"));
        }
        let (changed_by, key) = (stock_request.changed_by.clone(), stock_request.idempotency_key.clone());
        Ok(LedgerEntry::new(reason, changed_by, self.clock.now(), key, &*self.random))
    }
}
