//! `POST /webhooks/stripe`

use souk_payments_functions::stripe_webhook::StripeWebhook;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("stripe-webhook", StripeWebhook::from_wiring(&wiring)?).await
}
