//! `POST /admin/orders/{order_id}/deliver`

use souk_orders_functions::StaffDesk;
use souk_orders_functions::deliver_order::DeliverOrder;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("deliver-order", DeliverOrder(StaffDesk::from_wiring(&wiring)?)).await
}
