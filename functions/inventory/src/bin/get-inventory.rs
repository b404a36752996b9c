//! `GET /inventory`

use souk_inventory_functions::get_inventory::GetInventory;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("get-inventory", GetInventory { inventory: wiring.inventory()? }).await
}
