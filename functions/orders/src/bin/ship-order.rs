//! `POST /admin/orders/{order_id}/ship`

use souk_orders_functions::StaffDesk;
use souk_orders_functions::ship_order::ShipOrder;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("ship-order", ShipOrder(StaffDesk::from_wiring(&wiring)?)).await
}
