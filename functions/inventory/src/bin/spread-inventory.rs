//! `PUT /admin/inventory/{product_id}/shards`

use souk_inventory_functions::StockKeeper;
use souk_inventory_functions::spread_inventory::SpreadInventory;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let stock_keeper = StockKeeper {
        inventory: wiring.inventory()?,
        products: wiring.products()?,
        clock: wiring.clock(),
        random: wiring.random(),
    };
    http::run("spread-inventory", SpreadInventory(stock_keeper)).await
}
