//! `POST /admin/orders/{order_id}/refunds/{refund_id}/retry`

use souk_orders_functions::StaffDesk;
use souk_orders_functions::retry_refund::RetryRefund;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("retry-refund", RetryRefund(StaffDesk::from_wiring(&wiring)?)).await
}
