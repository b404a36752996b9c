//! Shared by all functions of the service: reading and changing a cart, with concurrent changes from other devices.

use std::sync::Arc;

use souk_catalog::ProductReader;
use souk_domain::cart::Cart;
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
    /// Currency of the shop, also for the total of an empty cart.
    pub currency: Currency,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl CartContext {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            carts: deps.carts()?,
            products: deps.products()?,
            catalog: deps.product_reader()?,
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
