//! `GET /admin/inventory/{product_id}/history`

use souk_inventory_functions::list_stock_changes::ListStockChanges;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("list-stock-changes", ListStockChanges { inventory: wiring.inventory()? }).await
}
