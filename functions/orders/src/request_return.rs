//! `POST /orders/{order_id}/returns`: requests a return of units of a delivered order.

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;
use souk_domain::cart::Quantity;
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::OrderId;
use souk_domain::order::{Event, MAX_REASON_CHARS, Order, ReturnItem, TransitionError};
use souk_domain::validation::FieldError;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Endpoint, Fields, Problem, Reply, Request};
use souk_store::{OrderSteps, StepError};

use crate::view::ReturnView;

/// Maximum items of one return: as many as the lines of an order.
const MAX_ITEMS: usize = souk_domain::cart::MAX_LINES;

/// Requests a return of delivered units.
pub struct RequestReturn {
    /// Applies events to orders.
    pub steps: OrderSteps,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// For a key of requests that have no `Idempotency-Key`.
    pub random: Arc<dyn Random>,
}

impl RequestReturn {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { steps: deps.order_steps()?, clock: deps.clock(), random: deps.random() })
    }
}

/// The return as it was requested, so that a retry gets the first response again.
#[derive(Serialize)]
struct RequestReturnResponse<'a> {
    order_id: &'a str,
    currency: &'a str,
    #[serde(flatten)]
    requested: ReturnView<'a>,
}

impl Endpoint for RequestReturn {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let user_id = &request.user()?.user_id;
        let order_id: OrderId = request.path_id("order_id", "order")?;
        // Always with a key: if a response of DynamoDB is lost, the event must not be applied twice.
        let idempotency_key = request.idempotency_key_or_random(&*self.random)?;
        let mut fields = request.fields()?;
        let items = items(&mut fields);
        let (items,) = fields.finish((items,))?;

        let event = Event::ReturnRequested { items: items.clone(), request: idempotency_key.clone() };
        let refused = |error: StepError| match &error {
            StepError::Refused { order, reason: TransitionError::NotReturnable } => {
                let items = returnable(order, &items);
                Problem::from(error).with("items", items)
            }
            _ => error.into(),
        };
        let now = self.clock.now();
        let order = self.steps.apply(user_id, &order_id, &event, now).await.map_err(refused)?;
        let missing = || Problem::internal("the requested return is not in the order");
        let (index, _) = order.return_by_key(&idempotency_key.key).ok_or_else(missing)?;
        let requested = ReturnView::requested(&order, index).ok_or_else(missing)?;
        let body =
            RequestReturnResponse { order_id: order.order_id.as_str(), currency: order.currency.code(), requested };
        Ok(Reply::json(201, &body))
    }
}

fn items(fields: &mut Fields<'_>) -> Option<Vec<ReturnItem>> {
    const EXPECTED: &str = "must be a list of objects with product_id, quantity and reason";
    let sent = fields.objects("items", EXPECTED)?;
    if !(1..=MAX_ITEMS).contains(&sent.len()) {
        let message = format!("must have 1 to {MAX_ITEMS} items");
        fields.refuse([FieldError::new("items", "out_of_range", message)]);
        return None;
    }
    let mut items = Vec::with_capacity(sent.len());
    for (place, sent) in sent.iter().enumerate() {
        match item(sent) {
            Ok(item) => items.push(item),
            Err(problem) if problem.errors().is_empty() => {
                fields.refuse([FieldError::new(format!("items.{place}"), "wrong_type", "must be an object")]);
            }
            Err(problem) => fields.refuse(
                problem
                    .errors()
                    .iter()
                    .map(|error| FieldError { field: format!("items.{place}.{}", error.field), ..error.clone() }),
            ),
        }
    }
    Some(items)
}

fn item(sent: &RawValue) -> Result<ReturnItem, Problem> {
    let mut fields = Fields::from_json(sent.get().as_bytes())?;
    let product_id = fields.parsed("product_id");
    let quantity = fields.checked_integer("quantity", Quantity::new);
    let reason = fields.text("reason", MAX_REASON_CHARS);
    let (product_id, quantity, reason) = fields.finish((product_id, quantity, reason))?;
    Ok(ReturnItem { product_id, quantity, reason })
}

/// The requested quantities and the returnable quantity of each product.
fn returnable(order: &Order, items: &[ReturnItem]) -> Vec<serde_json::Value> {
    let items = items.iter().map(|item| {
        let returnable = order.returnable(&item.product_id);
        serde_json::json!({"product_id": item.product_id, "asked": item.quantity, "returnable": returnable})
    });
    items.collect()
}

#[cfg(test)]
mod tests;
