//! `GET /orders/{order_id}`

use souk_orders_functions::get_order::GetOrder;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("get-order", GetOrder { orders: wiring.orders()? }).await
}
