//! The binary of the accounts service: it serves the one function that Lambda's handler name selects.

use std::process::ExitCode;

use souk_accounts_functions::HANDLERS;
use souk_runtime::service;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    service::run(HANDLERS).await
}
