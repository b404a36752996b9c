//! Finds and changes orders for staff, who know the id of an order but not its owner.

use std::sync::Arc;

use souk_domain::effects::Clock;
use souk_domain::ids::{OrderId, UserId};
use souk_domain::order::Event;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Problem, Reply, Request};
use souk_store::{OrderSteps, Orders};

use crate::audited_order::AuditedOrder;
use crate::view::{self, Viewer};

/// Dependencies of the endpoints with which staff change an order.
#[derive(Clone)]
pub struct StaffOrderContext {
    /// Applies events to orders.
    pub steps: OrderSteps,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl StaffOrderContext {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { steps: deps.order_steps()?, clock: deps.clock() })
    }

    /// Applies an event to the order of a request by staff with this permission, and shows the order after it.
    pub(crate) async fn apply(
        &self,
        request: &Request,
        permission: Permission,
        event: &Event,
    ) -> Result<Reply, Problem> {
        let (user_id, order_id) = find_order(&self.steps.orders, request, permission).await?;
        self.apply_to(&user_id, &order_id, event).await
    }

    /// Applies an event to an order that was found for staff, and shows the order after it.
    pub(crate) async fn apply_to(&self, user_id: &UserId, order_id: &OrderId, event: &Event) -> Result<Reply, Problem> {
        let step = self.steps.step(user_id, order_id, event, self.clock.now()).await?;
        let reply = Reply::ok(&view::detail(&step.after, Viewer::Staff)?);
        Ok(reply.audit(&AuditedOrder::of(&step.before), &AuditedOrder::of(&step.after)))
    }
}

/// The owner and the id of the order in a request by staff. Callers without the permission are rejected first.
pub(crate) async fn find_order(
    orders: &Orders,
    request: &Request,
    permission: Permission,
) -> Result<(UserId, OrderId), Problem> {
    request.staff(permission)?;
    let order_id: OrderId = request.path_id("order_id", "order")?;
    let user_id = orders.owner(&order_id).await?.ok_or_else(|| Problem::not_found("order"))?;
    Ok((user_id, order_id))
}

#[cfg(test)]
mod tests;
