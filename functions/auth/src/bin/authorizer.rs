//! The HTTP API's authorizer.

use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use souk_auth_functions::access_tokens;
use souk_auth_functions::authorizer::{AuthorizerRequest, authorize};
use souk_runtime::{Error, Wiring};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let tokens = Arc::new(access_tokens(&wiring).await?);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<AuthorizerRequest>| {
        let tokens = Arc::clone(&tokens);
        async move { Ok::<_, Error>(authorize(&event.payload, &tokens).await) }
    }))
    .await
}
