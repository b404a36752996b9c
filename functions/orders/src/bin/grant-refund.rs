//! `POST /admin/orders/{order_id}/refunds`

use souk_orders_functions::StaffDesk;
use souk_orders_functions::grant_refund::GrantRefund;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let desk = StaffDesk::from_wiring(&wiring)?;
    let endpoint = GrantRefund { desk, random: wiring.random(), currency: wiring.currency()? };
    http::run("grant-refund", endpoint).await
}
