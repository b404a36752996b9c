//! Invoked by an operator.

use lambda_runtime::{LambdaEvent, service_fn};
use souk_auth_functions::grant_role::{Grant, grant};
use souk_runtime::{Error, Wiring};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let users = wiring.users()?;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Grant>| {
        let users = users.clone();
        async move { Ok::<_, Error>(grant(&event.payload, &users).await?) }
    }))
    .await
}
