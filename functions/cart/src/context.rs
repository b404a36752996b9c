//! Shared by all functions of the service: reading and changing a cart, with concurrent changes from other devices.

use std::sync::Arc;

use schemars::JsonSchema;
use souk_catalog::ProductReader;
use souk_domain::cart::Cart;
use souk_domain::catalog::Product;
use souk_domain::effects::Clock;
use souk_domain::money::Currency;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Identity, Problem};
use souk_store::{Carts, Products, SaveOutcome, StoreError};

/// Attempts to save a change while other writers keep changing the cart.
const MAX_ATTEMPTS: u32 = 8;

/// Dependencies of the cart functions.
#[derive(Clone)]
pub struct CartContext {
    /// The carts table.
    pub carts: Carts,
    /// The products table.
    pub products: Products,
    /// Reads names, prices and stock.
    pub catalog: ProductReader,
    /// The most units of a product in a cart, unless the product says otherwise. 0 is no limit.
    pub max_per_order: u32,
    /// Currency of the shop, also for the total of an empty cart.
    pub currency: Currency,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

/// Further members of `quantity_limit`.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct QuantityLimit {
    /// With `quantity_limit`: the most units of the product in one order.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub max_per_order: Option<u32>,
}

impl CartContext {
    /// Fails if a line of the cart has more units than one order may have.
    pub(crate) fn check_limit(&self, cart: &Cart, product: &Product) -> Result<(), Problem> {
        let most = product.max_in_order(self.max_per_order);
        let line = cart.lines.iter().find(|line| line.product_id == product.product_id);
        if line.is_none_or(|line| line.quantity.get() <= most) {
            return Ok(());
        }
        let detail = format!("an order has at most {most} of this product");
        Err(Problem::conflict("quantity_limit", detail).with("max_per_order", most))
    }

    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            carts: deps.carts()?,
            products: deps.products()?,
            catalog: deps.product_reader()?,
            max_per_order: deps.config().parsed("MAX_PER_ORDER", 20)?,
            currency: deps.currency()?,
            clock: deps.clock(),
        })
    }

    /// Reads a cart, changes it and saves it. On a version conflict all of it is repeated, so `change` may run several
    /// times and has to recognise a change that was saved before.
    pub(crate) async fn change(
        &self,
        caller: &Identity,
        change: impl Fn(&mut Cart) -> Result<(), Problem> + Sync,
    ) -> Result<Cart, Problem> {
        for attempt in 0..MAX_ATTEMPTS {
            let before = self.carts.get(&caller.user_id).await?;
            let mut cart = before.clone();
            change(&mut cart)?;
            if cart == before {
                return Ok(cart); // no write needed
            }
            let now = self.clock.now();
            cart.forget_expired_requests(now);
            cart.set_expiry(caller.kind, now);
            match self.carts.save(&mut cart).await? {
                SaveOutcome::Saved => return Ok(cart),
                SaveOutcome::VersionConflict => self.carts.back_off(attempt).await,
            }
        }
        Err(StoreError::Conflict.into())
    }
}
