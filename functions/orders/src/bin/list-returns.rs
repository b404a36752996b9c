//! `GET /admin/returns`

use souk_orders_functions::list_returns::ListReturns;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("list-returns", ListReturns { orders: wiring.orders()? }).await
}
