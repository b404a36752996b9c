//! The payment queue.

use souk_payments_functions::Payments;
use souk_payments_functions::check_payment::CheckPayment;
use souk_runtime::{Error, Wiring, batch};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    batch::run("check-payment", CheckPayment { payments: Payments::from_wiring(&wiring)? }).await
}
