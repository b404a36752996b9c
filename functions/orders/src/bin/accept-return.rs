//! `POST /admin/orders/{order_id}/returns/{return_id}/accept`

use souk_orders_functions::StaffDesk;
use souk_orders_functions::accept_return::AcceptReturn;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("accept-return", AcceptReturn(StaffDesk::from_wiring(&wiring)?)).await
}
