//! The HTTP layer: from API Gateway's event to a handler and back, one log line per request.

mod delivery;
mod fields;
mod problem;
mod reply;
mod request;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use lambda_http::service_fn;

pub use fields::{AllRead, Fields};
pub use problem::Problem;
pub use reply::{Amount, Reply, raw_number};
pub use request::{Identity, Request};

use crate::Error;

/// One endpoint: everything it stands on is in `self`, everything it is asked in the request.
pub trait Endpoint: Send + Sync + 'static {
    /// Answers a request.
    fn handle(&self, request: &Request) -> impl Future<Output = Result<Reply, Problem>> + Send;
}

/// Serves an endpoint until Lambda stops the process. `function` names it in the log. One request at a time, unless the
/// platform allows more (`AWS_LAMBDA_MAX_CONCURRENCY`: Lambda's managed instances, `cargo xtask bench browse`).
pub async fn run<E: Endpoint>(function: &'static str, endpoint: E) -> Result<(), Error> {
    let endpoint = Arc::new(endpoint);
    lambda_http::run_concurrent(service_fn(move |request: lambda_http::Request| {
        let endpoint = Arc::clone(&endpoint);
        async move {
            let request = Request::from_lambda(request);
            let reply = answer(function, &*endpoint, &request).await;
            Ok::<_, Error>(delivery::into_lambda(&request, &reply))
        }
    }))
    .await
}

/// Answers one request, whatever happens, and logs it.
async fn answer<E: Endpoint>(function: &'static str, endpoint: &E, request: &Request) -> Reply {
    let started = Instant::now();
    // A panic is a bug; the client still gets an answer, and the log gets the request it happened to.
    let outcome = match AssertUnwindSafe(endpoint.handle(request)).catch_unwind().await {
        Ok(outcome) => outcome,
        Err(_) => Err(Problem::internal("the handler panicked")),
    };
    let (code, cause) = match &outcome {
        Ok(_) => (None, None),
        Err(problem) => (Some(problem.code()), problem.cause().map(str::to_owned)),
    };
    let reply = outcome.unwrap_or_else(|problem| problem.into_reply(&request.request_id));
    let reply = delivery::revalidate(request, reply);
    let (status, user_id) = (reply.status(), request.identity.as_ref().map(|who| who.user_id.as_str()));
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (method, consumed, request_id) = (request.method.as_str(), reply.consumption(), request.request_id.as_str());
    let lookups = reply.lookups();
    let (from_process, from_cache, from_table) =
        (lookups.map(|l| l.process), lookups.map(|l| l.shared), lookups.map(|l| l.table));
    if status >= 500 {
        tracing::error!(function, request_id, method, status, code, cause, user_id, consumed, duration_ms, "request");
    } else {
        tracing::info!(
            function,
            request_id,
            method,
            status,
            code,
            user_id,
            consumed,
            from_process,
            from_cache,
            from_table,
            duration_ms,
            "request"
        );
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Panics;
    impl Endpoint for Panics {
        async fn handle(&self, _: &Request) -> Result<Reply, Problem> {
            panic!("a bug");
        }
    }

    struct Fails;
    impl Endpoint for Fails {
        async fn handle(&self, _: &Request) -> Result<Reply, Problem> {
            Err(Problem::unavailable("temporarily_unavailable", "table souk-orders throttled"))
        }
    }

    #[tokio::test]
    async fn a_panic_becomes_a_problem() {
        let reply = answer("test", &Panics, &Request::new("GET", "/")).await;
        assert_eq!((reply.status(), reply.body_json()["code"].as_str()), (500, Some("internal_error")));
    }

    #[test]
    fn amounts_in_problems_stay_exact() {
        let total = souk_domain::money::Money::from_minor(69_990, souk_domain::money::Currency::USD);
        let problem = Problem::conflict("price_changed", "moved").with("total_amount", Amount(total));
        let reply = problem.into_reply("r");
        assert!(reply.body().contains("\"total_amount\":699.90"), "{}", reply.body());
    }

    #[tokio::test]
    async fn problems_name_the_request_and_nothing_internal() {
        let reply = answer("test", &Fails, &Request::new("GET", "/")).await;
        let body = reply.body_json();
        assert_eq!((reply.status(), body["request_id"].as_str()), (503, Some("request-1")));
        assert_eq!(reply.headers().get("retry-after").map(http::HeaderValue::as_bytes), Some(b"1".as_slice()));
        assert_eq!(
            reply.headers().get("content-type").map(http::HeaderValue::as_bytes),
            Some(b"application/problem+json".as_slice())
        );
        assert!(!reply.body().contains("souk-orders"), "{}", reply.body());
    }
}
