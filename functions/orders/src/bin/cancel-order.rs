//! `POST /orders/{order_id}/cancel`

use souk_orders_functions::cancel_order::CancelOrder;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let endpoint = CancelOrder { steps: wiring.order_steps()?, clock: wiring.clock() };
    http::run("cancel-order", endpoint).await
}
