//! The orders stream.

use souk_orders_functions::dispatch::Dispatch;
use souk_runtime::{Error, Wiring, stream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let handler = Dispatch { queues: wiring.queues()?, clock: wiring.clock() };
    stream::run("dispatch", handler, wiring.dead_letters()?).await
}
