//! `PUT /admin/inventory/{product_id}`

use souk_inventory_functions::StockKeeper;
use souk_inventory_functions::count_inventory::CountInventory;
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
    http::run("count-inventory", CountInventory(stock_keeper)).await
}
