//! `POST /orders/{order_id}/returns`: requests a return of units of a delivered order.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::MAX_PRODUCT_ID_CHARS;
use souk_domain::order::{Event, MAX_REASON_BYTES, MAX_REASON_CHARS, Order, ReturnItem, TransitionError};
use souk_domain::quantity::{MAX_QUANTITY, Quantity};
use souk_domain::validation::FieldError;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, OrderConflict, PRODUCT_ID_PATTERN, Tag};
use souk_runtime::http::{Endpoint, Fields, Problem, Reply, Request, own_order};
use souk_store::{OrderSteps, ShopperOrders, StepError};

use crate::view::ReturnView;

/// Maximum items of one return: as many as the lines of an order.
const MAX_ITEMS: usize = souk_domain::order::MAX_LINES;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("request-return", "POST /orders/{order_id}/returns", Caller::Guest, Tag::Orders)
        .summary("Requests a return of units of a delivered order")
        .description(
            "Staff accept or reject it. An order has at most ten returns, and never more units are returned than were \
             bought. Items of one product become one. After a rejection the return may be requested again.",
        )
        .idempotency_key("The answer is the same return, as it was requested.", "as long as the order")
        .body::<RequestReturnRequest>(
            r#"{"items": [{"product_id": "OUT-0000472", "quantity": 1, "reason": "does not fit"}]}"#,
        )
        .answers::<RequestReturnResponse<'_>>(201, "The requested return.")
        .link("get-order", &[("order_id", "$request.path.order_id")])
        .link("accept-return", &[("order_id", "$request.path.order_id"), ("return_id", "$response.body#/return_id")])
        .link("reject-return", &[("order_id", "$request.path.order_id"), ("return_id", "$response.body#/return_id")])
        .problem_with::<NotReturnable>(
            409,
            "not_returnable",
            "The order is not delivered, or the request has more units than `items[].returnable` of the problem.",
        )
        .problem_with::<OrderConflict>(
            409,
            "too_many_returns",
            "The order has ten returns already, or their reasons are too long together.",
        )
}

/// Requests a return of delivered units.
pub struct RequestReturn {
    /// The orders of callers.
    pub orders: ShopperOrders,
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
        let (orders, steps) = (deps.shopper_orders()?, deps.order_steps()?);
        Ok(Self { orders, steps, clock: deps.clock(), random: deps.random() })
    }
}

/// The request of `POST /orders/{order_id}/returns`.
#[derive(JsonSchema)]
pub struct RequestReturnRequest {
    /// What is returned.
    #[schemars(length(min = 1, max = MAX_ITEMS))]
    pub items: Vec<ReturnItemRequest>,
}

/// Units of one product to return.
#[derive(JsonSchema)]
pub struct ReturnItemRequest {
    /// A product of the order.
    #[schemars(length(max = MAX_PRODUCT_ID_CHARS), regex(pattern = PRODUCT_ID_PATTERN))]
    pub product_id: String,
    /// How many units.
    #[schemars(range(min = 1, max = MAX_QUANTITY))]
    pub quantity: u32,
    /// Why.
    #[schemars(length(min = 1, max = MAX_REASON_CHARS))]
    pub reason: String,
}

/// Further members of `not_returnable`.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct NotReturnable {
    /// The status of the order.
    #[schemars(flatten)]
    pub conflict: OrderConflict,
    /// With `not_returnable`: the items of the request, with what can be returned.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<ReturnableItem>>,
}

/// A product of a refused return.
#[derive(Serialize, JsonSchema)]
pub struct ReturnableItem {
    /// Units in the request.
    pub asked: u32,
    /// The product.
    pub product_id: String,
    /// Ordered units without those in returns that were not rejected.
    pub returnable: u32,
}

/// The return as it was requested. A retry with the same `Idempotency-Key` gets it again.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RequestedReturn")]
struct RequestReturnResponse<'a> {
    /// The order.
    order_id: &'a str,
    /// ISO 4217.
    currency: &'a str,
    #[serde(flatten)]
    requested: ReturnView<'a>,
}

impl Endpoint for RequestReturn {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.user()?;
        // Always with a key: if a response of DynamoDB is lost, the event must not be applied twice.
        let idempotency_key = request.idempotency_key_or_random(&*self.random)?;
        let mut fields = request.fields()?;
        let items = items(&mut fields);
        let (items,) = fields.finish((items,))?;

        let Order { user_id, order_id, .. } = own_order(request, &self.orders).await?;
        let event = Event::ReturnRequested { items: items.clone(), request: idempotency_key.clone() };
        let refused = |error: StepError| match &error {
            StepError::Refused { order, reason: TransitionError::NotReturnable } => {
                let items = returnable(order, &items);
                Problem::from(error).with("items", items)
            }
            _ => error.into(),
        };
        let now = self.clock.now();
        let order = self.steps.apply(&user_id, &order_id, &event, now).await.map_err(refused)?;
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
    // One item for each product: what is stored stays small.
    ReturnItem::merged(items).map_err(|invalid| fields.refuse([invalid.at("items")])).ok()
}

fn item(sent: &RawValue) -> Result<ReturnItem, Problem> {
    let mut fields = Fields::from_json(sent.get().as_bytes())?;
    let product_id = fields.parsed("product_id");
    let quantity = fields.checked_integer("quantity", Quantity::new);
    let reason = fields.text_within("reason", MAX_REASON_CHARS, MAX_REASON_BYTES);
    let (product_id, quantity, reason) = fields.finish((product_id, quantity, reason))?;
    Ok(ReturnItem { product_id, quantity, reason })
}

/// The requested quantities and the returnable quantity of each product.
fn returnable(order: &Order, items: &[ReturnItem]) -> Vec<ReturnableItem> {
    let items = items.iter().map(|item| ReturnableItem {
        asked: item.quantity.get(),
        product_id: item.product_id.to_string(),
        returnable: order.returnable(&item.product_id),
    });
    items.collect()
}

#[cfg(test)]
mod tests;
