//! What every call of the staff about one order stands on: they know its id, and not whose it is.

use std::sync::Arc;

use souk_domain::effects::Clock;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::{Event, Order};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Problem, Request};
use souk_store::{OrderSteps, Orders};

/// Finds orders and takes their steps.
#[derive(Clone)]
pub struct StaffDesk {
    /// What steps stand on.
    pub steps: OrderSteps,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl StaffDesk {
    /// With what the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { steps: deps.order_steps()?, clock: deps.clock() })
    }

    /// Lets an event happen to the order that a request is about.
    pub(crate) async fn step(&self, request: &Request, event: &Event) -> Result<Order, Problem> {
        let (user_id, order_id) = find(&self.steps.orders, request).await?;
        Ok(self.steps.apply(&user_id, &order_id, event, self.clock.now()).await?)
    }
}

/// The order that a request of the staff is about, and whose it is. Whoever is not staff is refused before anything else.
pub(crate) async fn find(orders: &Orders, request: &Request) -> Result<(UserId, OrderId), Problem> {
    request.staff()?;
    let order_id: OrderId = request.path_id("order_id", "order")?;
    let user_id = orders.owner(&order_id).await?.ok_or_else(|| Problem::not_found("order"))?;
    Ok((user_id, order_id))
}

#[cfg(test)]
mod tests;
