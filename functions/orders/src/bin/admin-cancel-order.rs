//! `POST /admin/orders/{order_id}/cancel`

use souk_orders_functions::StaffDesk;
use souk_orders_functions::admin_cancel_order::AdminCancelOrder;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("admin-cancel-order", AdminCancelOrder(StaffDesk::from_wiring(&wiring)?)).await
}
