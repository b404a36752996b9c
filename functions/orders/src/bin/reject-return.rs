//! `POST /admin/orders/{order_id}/returns/{return_id}/reject`

use souk_orders_functions::StaffDesk;
use souk_orders_functions::reject_return::RejectReturn;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("reject-return", RejectReturn(StaffDesk::from_wiring(&wiring)?)).await
}
