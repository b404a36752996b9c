//! The orders stream, for other systems.

use souk_orders_functions::publish_events::PublishEvents;
use souk_runtime::{Error, Wiring, stream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    stream::run("publish-events", PublishEvents { bus: wiring.event_bus()? }, wiring.dead_letters()?).await
}
