//! The order queue.

use souk_orders_functions::expire_order::ExpireOrder;
use souk_runtime::{Error, Wiring, batch};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let consumer = ExpireOrder { steps: wiring.order_steps()?, clock: wiring.clock() };
    batch::run("expire-order", consumer).await
}
