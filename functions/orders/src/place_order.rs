//! `POST /orders`: places an order from the cart. One transaction takes the stock, writes the order and empties the
//! cart.
//!
//! The cart keeps the idempotency keys of its last checkouts for 24 hours. A retry, which reads the cart anyway, finds
//! its order there: idempotency costs no write.

mod allocation;
mod bounds;
mod draft;

use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::account::{CallerKind, Email};
use souk_domain::address::ShippingAddress;
use souk_domain::cart::{Cart, CartError, HoldBounds, UnpaidOrder};
use souk_domain::contact::Contact;
use souk_domain::effects::{Clock, Random};
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::money::{Currency, Money};
use souk_domain::order::{Order, OrderStatus, PaymentMethod, PaymentMethods};
use souk_domain::stock::Shortage;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Amount, Endpoint, Identity, Problem, Reply, Request};
use souk_runtime::{Dependencies, Error};
use souk_store::{
    Accounts, Carts, Inventory, MAX_ACTIONS, OrderPlacement, Orders, PlacementOutcome, Products, Sessions, StoreError,
};
use tokio::time::Instant;

use self::allocation::{Consistency, set_allocations};
pub use self::bounds::OrderLimits;
use crate::contact::{self, ContactRequest};
use crate::shipping_address::ShippingAddressRequest;

/// Attempts of the transaction, with other shards or after contention, before the client has to retry.
const MAX_ATTEMPTS: u32 = 24;
/// No attempt begins after this time. The function itself has a time-out of ten seconds.
const MAX_ATTEMPT_TIME: Duration = Duration::from_secs(6);
/// The actions for the order and its cart, beside the actions that take stock.
const ORDER_AND_CART_ACTIONS: usize = 2;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("place-order", "POST /orders", Caller::Guest, Tag::Orders)
        .summary("Places an order from the cart")
        .description(
            "It takes the stock of everything in the cart and empties the cart, or does nothing. Prices are current: \
             `expected_total` guards against a change since the shopper saw them. The stock is held until \
             `hold_expires_at`, and an order that is not paid by then expires. \
             A guest has to send `contact`; without it, the contact of an account is its address. Two calls without an \
             `Idempotency-Key` place one order, because the second one finds an empty cart.",
        )
        .idempotency_key(
            "The answer is the same order, as it was placed.",
            "for 24 hours, for the account's last 8 orders",
        )
        .body::<PlaceOrderRequest>(
            r#"{
                "payment_method": "credit_card",
                "shipping_address": {
                    "name": "Ada Example", "line1": "1 Main Street", "city": "Springfield",
                    "region": "IL", "postal_code": "62701", "country": "US"
                },
                "contact": {"email": "ada@example.com", "phone": "+1 217 555 0100"}
            }"#,
        )
        .answers::<PlaceOrderResponse<'_>>(201, "The order, which waits for its payment.")
        .link("get-order", &[("order_id", "$response.body#/order_id")])
        .link("pay-order", &[("order_id", "$response.body#/order_id")])
        .link("cancel-order", &[("order_id", "$response.body#/order_id")])
        .problem(409, "cart_empty", "There is nothing in the cart.")
        .problem(409, "cart_changed", "The cart was changed at the same time: the shopper should look at it again.")
        .problem_with::<ProductUnavailable>(409, "product_unavailable", "Products in the cart are no longer sold.")
        .problem_with::<PriceChanged>(409, "price_changed", "The total is not `expected_total`.")
        .problem_with::<InsufficientStock>(409, "insufficient_stock", "There is less in stock than in the cart.")
        .problem(409, "order_too_large", "The cart is too large for one order. Order a part of it first.")
        .problem_with::<QuantityLimited>(
            409,
            "quantity_limited",
            "There is more of a product in the cart than one order may have. `limits` has the maximum of each.",
        )
        .problem_with::<UnpaidOrderIds>(
            409,
            "too_many_unpaid_orders",
            "Too many orders or units wait for their payment. Pay or cancel one of `order_ids` first.",
        )
        .problem(
            429,
            "too_many_orders",
            "Too many orders from this network address or with this contact; try again after `Retry-After` seconds.",
        )
        .problem(
            503,
            "busy",
            "Too many orders of the same products at the same time; try again after `Retry-After` seconds.",
        )
}

/// Places an order from the cart.
pub struct PlaceOrder {
    /// The accounts table, for the address of an account.
    pub accounts: Accounts,
    /// The sessions table, for a pending address.
    pub sessions: Sessions,
    /// The carts table.
    pub carts: Carts,
    /// The products table, for current prices.
    pub products: Products,
    /// The inventory table.
    pub inventory: Inventory,
    /// The orders table.
    pub orders: Orders,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// For order ids and for the choice among shards.
    pub random: Arc<dyn Random>,
    /// The currency of the shop.
    pub currency: Currency,
    /// Bounds on the unpaid orders of an account or guest, and how long they hold their stock.
    pub bounds: HoldBounds,
    /// The payment methods that the shop accepts.
    pub payment_methods: PaymentMethods,
    /// The most units of a product in an order, unless the product says otherwise. 0 is no limit.
    pub max_per_order: u32,
    /// Counts orders by network address and contact. None if limits are off.
    pub limits: Option<OrderLimits>,
}

impl PlaceOrder {
    /// Reads its configuration from the environment, and the key of the pseudonyms.
    pub async fn from_dependencies(deps: &Dependencies) -> Result<Self, Error> {
        Ok(Self {
            accounts: deps.accounts()?,
            sessions: deps.sessions()?,
            carts: deps.carts()?,
            products: deps.products()?,
            inventory: deps.inventory()?,
            orders: deps.orders()?,
            clock: deps.clock(),
            random: deps.random(),
            currency: deps.currency()?,
            bounds: bounds::hold_bounds(deps.config())?,
            payment_methods: deps.config().parsed("PAYMENT_METHODS", PaymentMethods::all())?,
            max_per_order: deps.config().parsed("MAX_PER_ORDER", 20)?,
            limits: OrderLimits::from_dependencies(deps).await?,
        })
    }
}

/// The request of `POST /orders`.
#[derive(JsonSchema)]
pub struct PlaceOrderRequest {
    /// How the shopper wants to pay. The payment itself may use another method.
    #[schemars(extend("enum" = PaymentMethod::ALL.map(PaymentMethod::as_str)))]
    pub payment_method: String,
    /// Where to ship the order.
    pub shipping_address: ShippingAddressRequest,
    /// How to reach the shopper. Required for guests and for accounts without a verified address; without it, the address
    /// of the account is used.
    pub contact: Option<ContactRequest>,
    /// The total that the shopper saw. If it differs from the current one, the order is not placed.
    #[schemars(extend("minimum" = 0))]
    pub expected_total: Option<Amount>,
}

/// Further members of `product_unavailable`.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct ProductUnavailable {
    /// With `product_unavailable`: the products to remove from the cart.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub product_ids: Option<Vec<String>>,
}

/// Further members of `price_changed`.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct PriceChanged {
    /// With `price_changed`: the current total of the cart.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub total_amount: Option<Amount>,
    /// With `price_changed`: ISO 4217.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// Further members of `insufficient_stock`.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct InsufficientStock {
    /// With `insufficient_stock`: the products of which there is less in stock than in the cart.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<ItemShortage>>,
}

/// Further members of `quantity_limited`.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct QuantityLimited {
    /// With `quantity_limited`: the products of which the cart has too many units.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Vec<QuantityLimit>>,
}

/// A product of which the cart has more units than one order may have.
#[derive(Serialize, JsonSchema)]
pub struct QuantityLimit {
    /// The most units in one order.
    pub max_per_order: u32,
    /// The product.
    pub product_id: String,
    /// Units in the cart.
    pub quantity: u32,
}

/// Further members of `too_many_unpaid_orders`.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct UnpaidOrderIds {
    /// With `too_many_unpaid_orders`: the orders that wait for their payment.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub order_ids: Option<Vec<String>>,
}

/// A product of which there is less in stock than in the cart.
#[derive(Serialize, JsonSchema)]
pub struct ItemShortage {
    /// Units in the cart.
    pub asked: u32,
    /// Units in stock.
    pub available: u32,
    /// The product.
    pub product_id: String,
}

/// A valid request.
struct PlaceOrderParams {
    payment_method: PaymentMethod,
    shipping_address: ShippingAddress,
    /// None if the address of the caller is to be used.
    contact: Option<Contact>,
    expected_total: Option<Money>,
    idempotency_key: Option<IdempotencyKey>,
}

/// The order as it was placed. A retry with the same `Idempotency-Key` gets it again.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlacedOrder")]
struct PlaceOrderResponse<'a> {
    /// The id of the order.
    order_id: &'a str,
    /// Total of its lines.
    total_amount: Amount,
    /// ISO 4217.
    currency: &'a str,
    /// Its status when it was placed.
    #[schemars(extend("enum" = [OrderStatus::PendingPayment.as_str()]))]
    status: &'static str,
    /// Until when its stock is held for the payment.
    #[schemars(extend("format" = "date-time"))]
    hold_expires_at: String,
}

impl Endpoint for PlaceOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let caller = request.user()?;
        let mut params = self.read(request)?;
        let (cart, email) = futures_util::join!(self.carts.get(&caller.user_id), self.email(caller, &params));
        let cart = cart?;
        if let Some(reply) = self.replay(&cart, &params).await? {
            return Ok(reply);
        }
        // After the replay: the shop may have dropped a method since the first run.
        let accepted = self.payment_methods.check(params.payment_method);
        accepted.map_err(|invalid| Problem::invalid(vec![invalid.at("payment_method")]))?;
        if let Some(email) = email? {
            params.contact = Some(Contact::of(email));
        }
        if params.contact.is_none() {
            return Err(contact::missing());
        }
        if cart.lines.is_empty() {
            return Err(Problem::conflict("cart_empty", "there is nothing in the cart"));
        }
        let now = self.clock.now();
        let reviewed = self.review(caller, &cart, now).await?;
        self.check_bounds(&cart, &reviewed)?;
        let hold_seconds = self.bounds.hold_seconds(&cart.user_id, &reviewed, now);
        let cart = Cart { unpaid_orders: reviewed.entries, ..cart };
        let order = self.prepare(&cart, &params, hold_seconds).await?;
        let Some(limits) = &self.limits else { return self.place(order, &cart, &params, 0.0).await };
        let counted = limits.count(request, caller, params.contact.as_ref(), now).await?;
        let placed = self.place(order, &cart, &params, counted.write_units()).await;
        if placed.is_err() {
            limits.release(counted).await;
        }
        placed
    }
}

impl PlaceOrder {
    fn read(&self, request: &Request) -> Result<PlaceOrderParams, Problem> {
        const ADDRESS: &str = "must be a text, or an object with name, line1, city, country and if need be line2, region, postal_code, phone";
        let idempotency_key = request.idempotency_key()?;
        let mut fields = request.fields()?;
        let payment_method = fields.parsed("payment_method");
        let address = fields.json::<ShippingAddress>("shipping_address", ADDRESS);
        let address = address
            .and_then(|address| address.checked("shipping_address").map_err(|errors| fields.refuse(errors)).ok());
        let contact = contact::read(&mut fields);
        let expected_total = fields.optional_money("expected_total", self.currency);
        let (payment_method, shipping_address, contact, expected_total) =
            fields.finish((payment_method, address, contact, expected_total))?;
        Ok(PlaceOrderParams { payment_method, shipping_address, contact, expected_total, idempotency_key })
    }

    /// The e-mail address for an order without a contact: that of the account, or the pending one of the session.
    async fn email(&self, caller: &Identity, params: &PlaceOrderParams) -> Result<Option<Email>, StoreError> {
        let user_id = &caller.user_id;
        Ok(match (&params.contact, caller.kind) {
            (Some(_), _) => None,
            (None, CallerKind::Shopper) => self.accounts.get(user_id).await?.map(|account| account.email),
            (None, CallerKind::Guest) => {
                let session = self.sessions.get(user_id, &caller.session_id, true).await?;
                session.and_then(|session| session.pending_email)
            }
        })
    }

    /// The response to an earlier run of this request, if there was one.
    async fn replay(&self, cart: &Cart, params: &PlaceOrderParams) -> Result<Option<Reply>, Problem> {
        let Some(key) = &params.idempotency_key else { return Ok(None) };
        let placed = cart.placed_by(key, self.clock.now()).map_err(|error| match error {
            CartError::KeyReused => Problem::idempotency_key_reused(),
            CartError::TooManyLines | CartError::TooManyUnits | CartError::NotInCart => Problem::internal(error),
        })?;
        let Some(order_id) = placed else { return Ok(None) };
        let order = self.orders.get(&cart.user_id, order_id).await?;
        Ok(Some(placed_reply(&order.ok_or_else(|| Problem::internal("the cart names an order that does not exist"))?)))
    }

    /// The order for the cart at current prices, with units allocated to every line.
    async fn prepare(&self, cart: &Cart, params: &PlaceOrderParams, hold_seconds: i64) -> Result<Order, Problem> {
        let requested = cart.lines.iter().map(|line| (&line.product_id, line.quantity.get()));
        let (products, allocations) = futures_util::join!(
            self.products.get_many(cart.lines.iter().map(|line| &line.product_id), true),
            self.allocate(requested, Consistency::Eventual),
        );
        let mut order = self.draft(cart, &products?, params, hold_seconds)?;
        if let Some(expected) = params.expected_total.filter(|expected| *expected != order.total()) {
            return Err(price_changed(expected, order.total()));
        }
        set_allocations(&mut order, &all_lines(cart), allocations)?;
        Ok(order)
    }

    /// Attempts the transaction until it succeeds or until it is certain that it cannot. `counting_units` are the write
    /// units for counting the order, for the log.
    async fn place(
        &self,
        mut order: Order,
        cart: &Cart,
        params: &PlaceOrderParams,
        counting_units: f64,
    ) -> Result<Reply, Problem> {
        let mut emptied = cart.checked_out(order.order_id.clone(), params.idempotency_key.as_ref(), self.clock.now());
        emptied.unpaid_orders.push(UnpaidOrder::of(&order));
        let (carts, inventory, started) = (&self.carts, &self.inventory, Instant::now());
        for attempt in 0..MAX_ATTEMPTS {
            let allocations: usize = order.lines.iter().map(|line| line.allocation.len()).sum();
            if allocations + ORDER_AND_CART_ACTIONS > MAX_ACTIONS {
                return Err(order_too_large());
            }
            let placement = OrderPlacement { order: &order, cart: &emptied, carts, inventory, attempt };
            match self.orders.place(placement).await? {
                PlacementOutcome::Placed { write_units } => {
                    let write_units: f64 = [write_units, counting_units].into_iter().sum();
                    return Ok(placed_reply(&order).consumed(format_args!("{write_units} WRU")));
                }
                PlacementOutcome::CartChanged => return self.after_cart_change(&order, params).await,
                PlacementOutcome::InsufficientStock(lines) => {
                    self.reallocate(&mut order, &lines, Consistency::Strong).await?;
                }
                // Reading again after the wait may pick less contended shards, or find that stock has run out.
                PlacementOutcome::Contention => {
                    self.orders.back_off(attempt).await;
                    self.reallocate(&mut order, &all_lines(cart), Consistency::Eventual).await?;
                }
            }
            if started.elapsed() > MAX_ATTEMPT_TIME {
                break;
            }
        }
        Err(busy("every attempt of the transaction met contention"))
    }

    /// The response if the cart was changed after it was read. Either this request has already been processed (a
    /// response of DynamoDB was lost, or a concurrent retry was faster), or another device changed the cart and the
    /// shopper has to review it.
    async fn after_cart_change(&self, order: &Order, params: &PlaceOrderParams) -> Result<Reply, Problem> {
        let cart = self.carts.get(&order.user_id).await?;
        if cart.has_placed(&order.order_id) {
            return Ok(placed_reply(order));
        }
        match self.replay(&cart, params).await? {
            Some(reply) => Ok(reply),
            None => Err(Problem::conflict("cart_changed", "the cart was changed meanwhile; look at it again")),
        }
    }
}

fn all_lines(cart: &Cart) -> Vec<usize> {
    (0..cart.lines.len()).collect()
}

fn busy(cause: &str) -> Problem {
    Problem::unavailable("busy", cause)
}

fn order_too_large() -> Problem {
    Problem::conflict("order_too_large", "this is too much for one order; split it in two")
}

/// The response for an order as it was placed, so that a retry gets the first response again.
fn placed_reply(order: &Order) -> Reply {
    let body = PlaceOrderResponse {
        order_id: order.order_id.as_str(),
        total_amount: Amount(order.total()),
        currency: order.currency.code(),
        status: OrderStatus::PendingPayment.as_str(),
        hold_expires_at: order.hold_expires_at.to_rfc3339(),
    };
    Reply::json(201, &body)
}

fn price_changed(expected: Money, total: Money) -> Problem {
    Problem::conflict("price_changed", format!("the total is {total}, not {expected}"))
        .with("total_amount", Amount(total))
        .with("currency", total.currency().code())
}

fn insufficient_stock(shortages: &[Shortage]) -> Problem {
    let items: Vec<_> = shortages
        .iter()
        .map(|short| ItemShortage {
            asked: short.requested,
            available: short.available,
            product_id: short.product_id.to_string(),
        })
        .collect();
    Problem::conflict("insufficient_stock", "there is less in stock than was requested").with("items", items)
}

#[cfg(test)]
mod tests;
