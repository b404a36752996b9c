//! Bounds on unpaid orders: exact ones for the account or guest, and counted ones for the network address and contact.

use souk_auth::Pseudonyms;
use souk_domain::account::CallerKind;
use souk_domain::cart::{Cart, HoldBounds, HoldRefusal, MAX_UNPAID_ORDERS, ReviewedOrders, is_new};
use souk_domain::contact::Contact;
use souk_domain::ids::OrderId;
use souk_domain::time::Timestamp;
use souk_runtime::config::{Config, ConfigError};
use souk_runtime::http::{Identity, Problem, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{AttemptOutcome, Limit, Limits, StoreError};

use super::{PlaceOrder, order_too_large};

const HOUR_SECONDS: i64 = 60 * 60;

/// The exact bounds, from the environment.
pub(super) fn hold_bounds(config: &Config) -> Result<HoldBounds, ConfigError> {
    let max_orders = config.parsed("MAX_UNPAID_ORDERS", 5)?;
    if !(1..=MAX_UNPAID_ORDERS).contains(&max_orders) {
        let reason = format!("must be a number from 1 to {MAX_UNPAID_ORDERS}");
        return Err(ConfigError::Invalid { name: "MAX_UNPAID_ORDERS", reason });
    }
    Ok(HoldBounds {
        max_orders,
        max_units: config.parsed("MAX_HELD_UNITS", 200)?,
        hold_seconds: config.parsed("HOLD_SECONDS", 900)?,
        new_shopper_hold_seconds: config.parsed("NEW_SHOPPER_HOLD_SECONDS", 600)?,
    })
}

impl PlaceOrder {
    /// What counts of the unpaid orders that the cart remembers. Costs nothing for a shopper without any. Orders that the
    /// account placed as a guest are stored under the guest's id.
    pub(super) async fn review(
        &self,
        caller: &Identity,
        cart: &Cart,
        now: Timestamp,
    ) -> Result<ReviewedOrders, StoreError> {
        let remembered: Vec<_> = cart.unpaid_orders.order_ids().collect();
        let mut orders = self.orders.get_many(&cart.user_id, remembered.iter().copied()).await?;
        if orders.len() < remembered.len() && caller.kind == CallerKind::Shopper {
            let account = self.accounts.get(&cart.user_id).await?;
            for guest in account.iter().flat_map(|account| &account.guest_ids) {
                orders.extend(self.orders.get_many(guest, remembered.iter().copied()).await?);
            }
        }
        Ok(cart.unpaid_orders.review(&orders, now))
    }

    /// Fails if the order of this cart exceeds the bounds.
    pub(super) fn check_bounds(&self, cart: &Cart, reviewed: &ReviewedOrders) -> Result<(), Problem> {
        let units = cart.lines.iter().map(|line| line.quantity.get()).fold(0, u32::saturating_add);
        self.bounds.check(reviewed, units).map_err(|refusal| match refusal {
            HoldRefusal::OrderTooLarge => order_too_large(),
            HoldRefusal::TooManyUnpaid(order_ids) => too_many_unpaid_orders(&order_ids),
        })
    }
}

fn too_many_unpaid_orders(order_ids: &[OrderId]) -> Problem {
    let detail = "too much is held by orders that are not paid yet; pay or cancel one of them";
    Problem::conflict("too_many_unpaid_orders", detail).with("order_ids", order_ids)
}

/// Counts orders of guests and new accounts by network address, and those of guests by contact. An account that is older
/// than a day shares an address with strangers who could use up its count, and has the exact bounds. A guest of any age
/// counts, because guests cost nothing.
///
/// The first half of what an address may order is counted by the address alone, which costs one write unit. The second
/// half is counted separately and, for guests, by contact too. So a contact is bounded only at a busy address.
pub struct OrderLimits {
    /// The limits table.
    pub limits: Limits,
    /// Makes the pseudonyms of addresses and contacts.
    pub pseudonyms: Pseudonyms,
    /// Orders of guests and new accounts from a network address in an hour.
    pub per_address: u32,
    /// Orders of guests with one contact in an hour, from a busy address.
    pub per_contact: u32,
}

impl OrderLimits {
    /// Reads its configuration from the environment, and the key of the pseudonyms. `None` if limits are off.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Option<Self>, Error> {
        let config = deps.config();
        if !config.has_limits() {
            return Ok(None);
        }
        Ok(Some(Self {
            limits: deps.limits()?,
            pseudonyms: souk_identity::pseudonyms(deps).await?,
            per_address: config.parsed("ORDERS_PER_ADDRESS", 60)?,
            per_contact: config.parsed("ORDERS_PER_CONTACT", 20)?,
        }))
    }

    /// Counts an order that is about to be placed, and returns the counters.
    pub(super) async fn count(
        &self,
        request: &Request,
        caller: &Identity,
        contact: Option<&Contact>,
        now: Timestamp,
    ) -> Result<Vec<String>, Problem> {
        if caller.kind == CallerKind::Shopper && !is_new(&caller.user_id, now) {
            return Ok(Vec::new());
        }
        let address = self.pseudonyms.ip(request.source_address());
        let (first_half, first_key) = (self.per_address.div_ceil(2), format!("order-address#{address}"));
        if self.seconds_to_wait(&first_key, first_half, now).await.is_none() {
            return Ok(vec![first_key]);
        }
        let second_half = format!("order-address-2#{address}");
        let contact = contact.filter(|_| caller.kind == CallerKind::Guest);
        let contact = contact.map(|contact| format!("order-contact#{}", self.pseudonyms.email(&contact.email)));
        let mut wait = self.seconds_to_wait(&second_half, self.per_address - first_half, now).await;
        let mut counted = Vec::new();
        if wait.is_none() {
            counted.push(second_half);
            if let Some(key) = contact {
                wait = self.seconds_to_wait(&key, self.per_contact, now).await;
                counted.extend(wait.is_none().then_some(key));
            }
        }
        match wait {
            None => Ok(counted),
            Some(seconds) => {
                self.release(&counted).await;
                tracing::warn!(event = "order_refused", address, "too many orders from one address or contact");
                let detail = "too many orders; wait before the next one";
                Err(Problem::too_many_requests("too_many_orders", detail, seconds))
            }
        }
    }

    /// Gives back what was counted for an order that was not placed. A failure is only logged: the address has one order
    /// less in this hour.
    pub(super) async fn release(&self, counted: &[String]) {
        for key in counted {
            if let Err(error) = self.limits.release(key).await {
                tracing::warn!(%error, "an order that was not placed stays counted");
            }
        }
    }

    /// Counts an order, or returns the seconds until it may be placed. When the table does not answer, orders pass.
    async fn seconds_to_wait(&self, key: &str, max_attempts: u32, now: Timestamp) -> Option<u64> {
        let limit = Limit { max_attempts, window_seconds: HOUR_SECONDS };
        match self.limits.count(key, limit, now).await {
            Ok(AttemptOutcome::Counted) => None,
            Ok(AttemptOutcome::LimitReached { retry_after_seconds }) => Some(retry_after_seconds),
            Err(error) => {
                tracing::error!(event = "rate_limits_unavailable", %error, "an order is not counted");
                None
            }
        }
    }
}
