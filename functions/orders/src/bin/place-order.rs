//! `POST /orders`

use souk_orders_functions::place_order::PlaceOrder;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let endpoint = PlaceOrder {
        carts: wiring.carts()?,
        products: wiring.products()?,
        inventory: wiring.inventory()?,
        orders: wiring.orders()?,
        clock: wiring.clock(),
        random: wiring.random(),
        currency: wiring.currency()?,
        hold_seconds: wiring.config().parsed("HOLD_SECONDS", 900)?,
    };
    http::run("place-order", endpoint).await
}
