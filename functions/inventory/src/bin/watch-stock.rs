//! The inventory stream, into the history, and for other systems.

use souk_inventory_functions::watch_stock::WatchStock;
use souk_runtime::{Error, Wiring, stream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let handler = WatchStock {
        inventory: wiring.inventory()?,
        bus: wiring.event_bus()?,
        low_at: wiring.config().parsed("LOW_STOCK_UNITS", 5)?,
    };
    stream::run("watch-stock", handler, wiring.dead_letters()?).await
}
