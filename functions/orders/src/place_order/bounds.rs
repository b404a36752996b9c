//! Bounds on unpaid orders: exact ones for the account or guest, and counted ones for the network address and contact.

use souk_auth::Pseudonyms;
use souk_domain::account::CallerKind;
use souk_domain::cart::{Cart, HoldBounds, HoldRefusal, MAX_UNPAID_ORDERS, ReviewedOrders, is_new};
use souk_domain::contact::Contact;
use souk_domain::ids::OrderId;
use souk_domain::rate_limit::Rate;
use souk_domain::time::Timestamp;
use souk_runtime::config::{Config, ConfigError};
use souk_runtime::http::{Identity, Problem, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{Limits, StoreError, TokenOutcome};

use super::{PlaceOrder, order_too_large};

const HOUR_SECONDS: u32 = 60 * 60;

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

/// Counts orders of guests and new accounts by network address, and those of guests by contact if the shop wants that. An
/// account that is older than a day shares an address with strangers who could use up its count, and has the exact bounds.
/// A guest of any age counts, because guests cost nothing.
///
/// Each count costs a checkout one write unit (docs/decisions.md).
pub struct OrderLimits {
    /// The limits table.
    pub limits: Limits,
    /// Makes the pseudonyms of addresses and contacts.
    pub pseudonyms: Pseudonyms,
    /// Orders of guests and new accounts from a network address.
    pub per_address: Rate,
    /// Orders of guests with one contact. None if they are not counted.
    pub per_contact: Option<Rate>,
}

/// The tokens that an order took from the buckets of its address and contact.
#[derive(Default)]
#[must_use]
pub(super) struct CountedOrder(Vec<Token>);

struct Token {
    bucket: String,
    rate: Rate,
    write_units: f64,
}

impl CountedOrder {
    /// Write units that the tokens cost.
    pub(super) fn write_units(&self) -> f64 {
        self.0.iter().map(|token| token.write_units).sum()
    }
}

impl OrderLimits {
    /// Reads its configuration from the environment, and the key of the pseudonyms. `None` if limits are off.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Option<Self>, Error> {
        let config = deps.config();
        if !config.has_limits() {
            return Ok(None);
        }
        let per_contact: u32 = config.parsed("ORDERS_PER_CONTACT", 0)?;
        Ok(Some(Self {
            limits: deps.limits()?,
            pseudonyms: souk_identity::pseudonyms(deps).await?,
            per_address: in_an_hour("ORDERS_PER_ADDRESS", config.parsed("ORDERS_PER_ADDRESS", 60)?)?,
            per_contact: (per_contact > 0).then(|| in_an_hour("ORDERS_PER_CONTACT", per_contact)).transpose()?,
        }))
    }

    /// Counts an order that is about to be placed. When the table does not answer, orders pass.
    pub(super) async fn count(
        &self,
        request: &Request,
        caller: &Identity,
        contact: Option<&Contact>,
        now: Timestamp,
    ) -> Result<CountedOrder, Problem> {
        let mut counted = CountedOrder::default();
        if caller.kind == CallerKind::Shopper && !is_new(&caller.user_id, now) {
            return Ok(counted);
        }
        let address = self.pseudonyms.ip(request.source_address());
        let mut buckets = vec![(format!("orders-address#{address}"), self.per_address)];
        let contact = contact.filter(|_| caller.kind == CallerKind::Guest);
        if let (Some(rate), Some(contact)) = (self.per_contact, contact) {
            buckets.push((format!("orders-contact#{}", self.pseudonyms.email(&contact.email)), rate));
        }
        for (bucket, rate) in buckets {
            match self.limits.take_token(&bucket, rate, now).await {
                Ok(TokenOutcome::Taken { write_units }) => counted.0.push(Token { bucket, rate, write_units }),
                Ok(TokenOutcome::Empty { retry_after_seconds }) => {
                    self.release(counted).await;
                    tracing::warn!(event = "order_refused", address, "too many orders from one address or contact");
                    let detail = "too many orders; wait before the next one";
                    return Err(Problem::too_many_requests("too_many_orders", detail, retry_after_seconds));
                }
                Err(error) => {
                    tracing::error!(event = "rate_limits_unavailable", %error, "an order is not counted");
                    break;
                }
            }
        }
        Ok(counted)
    }

    /// Gives back the tokens of an order that was not placed. A failure is only logged: the address has one order less in
    /// this hour.
    pub(super) async fn release(&self, counted: CountedOrder) {
        for Token { bucket, rate, .. } in counted.0 {
            if let Err(error) = self.limits.return_token(&bucket, rate).await {
                tracing::warn!(%error, "an order that was not placed stays counted");
            }
        }
    }
}

/// A rate of orders in an hour. `name` is the variable that has it.
fn in_an_hour(name: &'static str, orders: u32) -> Result<Rate, ConfigError> {
    let reason = "must be a number from 1 to 100000";
    Rate::new(orders, HOUR_SECONDS).ok_or_else(|| ConfigError::Invalid { name, reason: reason.to_owned() })
}
