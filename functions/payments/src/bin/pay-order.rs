//! `POST /orders/{order_id}/pay`

use souk_payments_functions::Payments;
use souk_payments_functions::pay_order::PayOrder;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let payments = Payments::from_wiring(&wiring)?.with_store_credit(wiring.users()?);
    let endpoint = PayOrder { payments, random: wiring.random() };
    http::run("pay-order", endpoint).await
}
