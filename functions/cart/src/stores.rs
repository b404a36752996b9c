//! What every call of the cart stands on: reading a cart, and changing it although other devices change it too.

use souk_catalog::ProductReader;
use souk_domain::cart::Cart;
use souk_domain::ids::UserId;
use souk_domain::money::Currency;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::Problem;
use souk_store::{Carts, Products, SaveOutcome, StoreError};

/// How often a change is tried again when other writers of the same cart come first.
const TRIES: u32 = 8;

/// Carts, and what is needed to show one.
#[derive(Clone)]
pub struct CartStores {
    /// Where carts are.
    pub carts: Carts,
    /// Which products there are.
    pub products: Products,
    /// Names, prices and stock, to show.
    pub catalog: ProductReader,
    /// Of the shop: of the total of an empty cart too.
    pub currency: Currency,
}

impl CartStores {
    /// With what the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            carts: deps.carts()?,
            products: deps.products()?,
            catalog: deps.product_reader()?,
            currency: deps.currency()?,
        })
    }

    /// Reads a cart, changes it, and saves it on condition that nobody saved another one since; else once more from the
    /// start. `change` may run several times, and must find out by itself that an earlier run was saved after all.
    pub(crate) async fn change(
        &self,
        user_id: &UserId,
        change: impl Fn(&mut Cart) -> Result<(), Problem> + Sync,
    ) -> Result<Cart, Problem> {
        for tries in 0..TRIES {
            let before = self.carts.get(user_id).await?;
            let mut cart = before.clone();
            change(&mut cart)?;
            if cart == before {
                return Ok(cart); // nothing to pay a write for
            }
            match self.carts.save(&mut cart).await? {
                SaveOutcome::Saved => return Ok(cart),
                SaveOutcome::VersionConflict => self.carts.back_off(tries).await,
            }
        }
        Err(StoreError::Conflict.into())
    }
}
