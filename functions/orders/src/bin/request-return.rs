//! `POST /orders/{order_id}/returns`

use souk_orders_functions::request_return::RequestReturn;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let endpoint = RequestReturn { steps: wiring.order_steps()?, clock: wiring.clock(), random: wiring.random() };
    http::run("request-return", endpoint).await
}
