//! Functions that are invoked by their name: by an operator, a schedule, or the API as its authorizer. Request and
//! response are plain JSON.

use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use souk_domain::time::Timestamp;

use crate::Error;

/// A function that is invoked by its name. It logs by itself.
pub trait DirectHandler: Send + Sync + 'static {
    /// The request.
    type Request: DeserializeOwned + Send + 'static;
    /// The response.
    type Response: Serialize + Send + 'static;

    /// Handles the request. Lambda ends the process at `deadline`.
    fn handle(
        &self,
        request: Self::Request,
        deadline: Timestamp,
    ) -> impl Future<Output = Result<Self::Response, Error>> + Send;
}

/// Serves a function until Lambda stops the process.
pub async fn serve<F: DirectHandler>(function: F) -> Result<(), Error> {
    let function = Arc::new(function);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<F::Request>| {
        let function = Arc::clone(&function);
        let deadline = Timestamp::from_millis(i64::try_from(event.context.deadline).unwrap_or(i64::MAX));
        // Boxed: the SDK clients' futures are too deeply nested for the compiler otherwise.
        Box::pin(async move { function.handle(event.payload, deadline).await })
    }))
    .await
}
