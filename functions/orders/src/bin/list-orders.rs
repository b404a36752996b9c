//! `GET /orders`

use souk_orders_functions::list_orders::ListOrders;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("list-orders", ListOrders { orders: wiring.orders()? }).await
}
