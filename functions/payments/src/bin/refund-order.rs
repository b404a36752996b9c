//! The refund queue.

use souk_payments_functions::Payments;
use souk_payments_functions::refund_order::RefundOrder;
use souk_runtime::{Error, Wiring, batch};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let payments = Payments::from_wiring(&wiring)?.with_store_credit(wiring.users()?);
    batch::run("refund-order", RefundOrder { payments }).await
}
