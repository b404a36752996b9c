//! The fake Stripe as a process: `stripe-fake <address> [--journal FILE] [--webhook URL] [--secret whsec_…]
//! [--unruly]`. See `souk_testkit::stripe`.

use std::env;

use souk_testkit::stripe::{StripeFake, StripeFakeOptions};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let usage = "usage: stripe-fake <address> [--journal FILE] [--webhook URL] [--secret SECRET] [--unruly]";
    let mut arguments = env::args().skip(1);
    let address = arguments.next().ok_or(usage)?;
    let mut options = StripeFakeOptions::default();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--journal" => options.journal = Some(arguments.next().ok_or(usage)?.into()),
            "--webhook" => options.webhook_url = Some(arguments.next().ok_or(usage)?),
            "--secret" => options.webhook_secret = arguments.next().ok_or(usage)?,
            "--unruly" => options.duplicate_webhooks = true,
            _ => return Err(usage.into()),
        }
    }
    let (fake, listener) = StripeFake::on(TcpListener::bind(&address).await?, options)?;
    fake.serve(listener).await;
    Ok(())
}
