//! `POST /orders`: the cart becomes an order, in one transaction that takes the stock, writes the order and empties the
//! cart, or does nothing.
//!
//! The cart remembers the last checkouts with their idempotency keys. A retry reads the cart, which it must anyway, and
//! finds its answer there: idempotency costs no write.

mod draft;
mod units;

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use souk_domain::address::ShippingAddress;
use souk_domain::cart::{Cart, CartError, Checkout};
use souk_domain::effects::{Clock, Random};
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::money::{Currency, Money};
use souk_domain::order::{Order, OrderStatus, PaymentMethod};
use souk_domain::stock::Shortage;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Amount, Endpoint, Problem, Reply, Request};
use souk_store::{Carts, Inventory, MAX_ACTIONS, Orders, Placement, Products};
use tokio::time::Instant;

use self::units::{Look, allot};

/// How often a transaction is tried, with other shards or after contention, before the client is asked to come again.
const TRIES: u32 = 24;
/// No further try begins after this time: the function itself may take ten seconds.
const TIME_TO_TRY: Duration = Duration::from_secs(6);

/// The endpoint.
pub struct PlaceOrder {
    /// Where carts are.
    pub carts: Carts,
    /// Where prices are.
    pub products: Products,
    /// Where stock is.
    pub inventory: Inventory,
    /// Where orders go.
    pub orders: Orders,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For ids and jitter.
    pub random: Arc<dyn Random>,
    /// Of the shop.
    pub currency: Currency,
    /// How long an unpaid order keeps its stock.
    pub hold_seconds: i64,
}

impl PlaceOrder {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            carts: deps.carts()?,
            products: deps.products()?,
            inventory: deps.inventory()?,
            orders: deps.orders()?,
            clock: deps.clock(),
            random: deps.random(),
            currency: deps.currency()?,
            hold_seconds: deps.config().parsed("HOLD_SECONDS", 900)?,
        })
    }
}

/// What the client asks for.
struct Asked {
    payment_method: PaymentMethod,
    shipping_address: ShippingAddress,
    expected_total: Option<Money>,
    request: Option<IdempotencyKey>,
}

#[derive(Serialize)]
struct Placed<'a> {
    order_id: &'a str,
    total_amount: Amount,
    currency: &'a str,
    status: &'static str,
    hold_expires_at: String,
}

impl Endpoint for PlaceOrder {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let user_id = &request.user()?.user_id;
        let asked = self.read(request)?;
        let cart = self.carts.get(user_id).await?;
        if let Some(reply) = self.replay(&cart, &asked).await? {
            return Ok(reply);
        }
        if cart.lines.is_empty() {
            return Err(Problem::conflict("cart_empty", "there is nothing in the cart"));
        }
        let order = self.prepare(&cart, &asked).await?;
        self.place(order, &cart, &asked).await
    }
}

impl PlaceOrder {
    fn read(&self, request: &Request) -> Result<Asked, Problem> {
        const ADDRESS: &str = "must be a text, or an object with name, line1, city, country and if need be line2, region, postal_code, phone";
        let idempotency = request.idempotency_key()?;
        let mut fields = request.fields()?;
        let payment_method = fields.parsed("payment_method");
        let address = fields.json::<ShippingAddress>("shipping_address", ADDRESS);
        let address = address
            .and_then(|address| address.checked("shipping_address").map_err(|errors| fields.refuse(errors)).ok());
        let expected_total = fields.optional_money("expected_total", self.currency);
        let (payment_method, shipping_address, expected_total) =
            fields.finish((payment_method, address, expected_total))?;
        Ok(Asked { payment_method, shipping_address, expected_total, request: idempotency })
    }

    /// The answer that an earlier run of this request got.
    async fn replay(&self, cart: &Cart, asked: &Asked) -> Result<Option<Reply>, Problem> {
        let Some(request) = &asked.request else { return Ok(None) };
        let placed = cart.placed_by(request).map_err(|error| match error {
            CartError::KeyReused => Problem::idempotency_key_reused(),
            other => Problem::internal(other),
        })?;
        let Some(order_id) = placed else { return Ok(None) };
        let order = self.orders.get(&cart.user_id, order_id).await?;
        Ok(Some(placed_reply(&order.ok_or_else(|| Problem::internal("a placed order is gone"))?)))
    }

    /// The order that the cart would become now, with units in sight for every line.
    async fn prepare(&self, cart: &Cart, asked: &Asked) -> Result<Order, Problem> {
        let wanted = cart.lines.iter().map(|line| (&line.product_id, line.quantity.get()));
        let (products, chosen) = futures_util::join!(
            self.products.get_many(cart.lines.iter().map(|line| &line.product_id), true),
            self.choose_units(wanted, Look::Glance),
        );
        let mut order = self.draft(cart, &products?, asked.payment_method, asked.shipping_address.clone())?;
        if let Some(expected) = asked.expected_total.filter(|expected| *expected != order.total()) {
            return Err(price_changed(expected, order.total()));
        }
        allot(&mut order, &all_lines(cart), chosen)?;
        Ok(order)
    }

    /// Tries the transaction until it holds, or until what stands in its way is certain.
    async fn place(&self, mut order: Order, cart: &Cart, asked: &Asked) -> Result<Reply, Problem> {
        let checkout = Checkout { order_id: order.order_id.clone(), request: asked.request.clone() };
        let emptied = cart.checked_out(checkout);
        let began = Instant::now();
        for attempt in 0..TRIES {
            if order.lines.iter().map(|line| line.allocation.len()).sum::<usize>() + 2 > MAX_ACTIONS {
                return Err(Problem::conflict("order_too_large", "this is too much for one order; split it in two"));
            }
            match self.orders.place(&order, &emptied, &self.carts, &self.inventory, attempt).await? {
                Placement::Placed { write_units } => {
                    return Ok(placed_reply(&order).consumed(format_args!("{write_units} WRU")));
                }
                Placement::CartChanged => return self.lost_the_cart(&order, asked).await,
                Placement::Short(lines) => self.choose_again(&mut order, &lines, Look::Closely).await?,
                // Others want the same: whoever has to wait anyway looks whether it is worth it, and may choose other shards.
                Placement::Contended => {
                    self.orders.back_off(attempt).await;
                    self.choose_again(&mut order, &all_lines(cart), Look::Glance).await?;
                }
            }
            if began.elapsed() > TIME_TO_TRY {
                break;
            }
        }
        Err(busy("the transaction kept being contended"))
    }

    /// The cart is not the one that was read. Either this very request is already done (its answer got lost, or its twin
    /// was faster), or another device changed the cart and the shopper has to look again.
    async fn lost_the_cart(&self, order: &Order, asked: &Asked) -> Result<Reply, Problem> {
        let cart = self.carts.get(&order.user_id).await?;
        if cart.checkouts.iter().any(|checkout| checkout.order_id == order.order_id) {
            return Ok(placed_reply(order));
        }
        match self.replay(&cart, asked).await? {
            Some(reply) => Ok(reply),
            None => Err(Problem::conflict("cart_changed", "the cart was changed meanwhile; look at it again")),
        }
    }
}

fn all_lines(cart: &Cart) -> Vec<usize> {
    (0..cart.lines.len()).collect()
}

fn busy(why: &str) -> Problem {
    Problem::unavailable("busy", why)
}

/// The same for the first answer and for every replay: what was true when the order was placed.
fn placed_reply(order: &Order) -> Reply {
    let body = Placed {
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
        .map(|s| serde_json::json!({"product_id": s.product_id, "asked": s.requested, "available": s.available}))
        .collect();
    Problem::conflict("insufficient_stock", "there is less in stock than was asked for").with("items", items)
}

#[cfg(test)]
mod tests;
