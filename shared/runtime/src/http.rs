//! The HTTP layer: API Gateway's event to an endpoint and its reply back, with one log line for each request.

pub mod audit;
mod delivery;
mod fields;
mod order_step;
mod origin;
mod own_order;
mod problem;
mod query_string;
mod rate_limits;
mod reply;
mod request;
mod response_cache;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Body, LambdaEvent, Response, Service as _, service_fn};
use souk_domain::effects::Clock;

pub use fields::{AllRead, Fields};
pub use order_step::PROCESSING_RETRY_SECONDS;
pub use own_order::own_order;
pub use problem::Problem;
pub use rate_limits::{Limiter, RateOutcome, RateStore};
pub use reply::{Amount, Reply, raw_number};
pub use request::{Identity, Request};

use crate::Error;
use crate::config::Config;
use crate::effects::SystemClock;
use crate::stage::Stage;
use origin::OriginSecrets;
use rate_limits::RateDecision;
use response_cache::{RequestKey, ResponseCache};

/// The time that is kept for the response: a function that Lambda ends answers nothing, and its process is gone.
const RESPONSE_TIME: Duration = Duration::from_millis(500);

/// One endpoint. Its dependencies are in `self`, its input is in the request.
pub trait Endpoint: Send + Sync + 'static {
    /// Prepares before the first request what it would otherwise wait for. A failure is left to the requests.
    fn warm_up(&self) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Handles a request.
    fn handle(&self, request: &Request) -> impl Future<Output = Result<Reply, Problem>> + Send;
}

/// Serves an endpoint until Lambda stops the process. `function` names it in the log. One request at a time, unless the
/// platform allows more (`AWS_LAMBDA_MAX_CONCURRENCY`: Lambda's managed instances, `cargo xtask bench browse`).
pub async fn serve<E: Endpoint>(function: &'static str, endpoint: E, limiter: Limiter) -> Result<(), Error> {
    let config = Config::from_env();
    let (stage, origin_secrets) = (Stage::from_config(&config)?, OriginSecrets::from_config(&config)?);
    endpoint.warm_up().await;
    let (cache, clock) = (ResponseCache::default(), Arc::new(SystemClock));
    let service = Arc::new(Service { function, stage, endpoint, origin_secrets, limiter, cache, clock });
    let adapter = Adapter::from(service_fn(move |request: lambda_http::Request| {
        let service = Arc::clone(&service);
        let request = service.origin_secrets.checked(Request::from_lambda(request));
        async move { Ok::<_, Error>(service.answer(&request).await) }
    }));
    lambda_runtime::run_concurrent(service_fn(move |event: LambdaEvent<LambdaRequest>| {
        let payload = query_string::with_valid_query(event.payload);
        adapter.clone().call(LambdaEvent { payload, ..event })
    }))
    .await
}

/// An endpoint with what serves it.
struct Service<E> {
    function: &'static str,
    stage: Stage,
    endpoint: E,
    origin_secrets: OriginSecrets,
    limiter: Limiter,
    cache: ResponseCache,
    clock: Arc<dyn Clock>,
}

/// A reply and further fields of its log line.
struct Handled {
    reply: Arc<Reply>,
    /// From the response cache.
    is_cached: bool,
    /// The code of a problem.
    code: Option<&'static str>,
    cause: Option<String>,
}

impl Handled {
    fn refused(problem: Problem, request: &Request) -> Self {
        let (code, cause) = (Some(problem.code()), problem.cause().map(str::to_owned));
        let reply = Arc::new(problem.into_reply(&request.request_id));
        Self { reply, is_cached: false, code, cause }
    }
}

impl<E: Endpoint> Service<E> {
    /// Handles one request, also if the handler panics, and logs it.
    async fn answer(&self, request: &Request) -> Response<Body> {
        let started = Instant::now();
        let decision =
            if request.bypassed_edge { None } else { Some(self.limiter.admit(self.function, request).await) };
        let refusal = decision.as_ref().map_or_else(|| Some(origin::refusal()), RateDecision::refusal);
        let handled = match refusal {
            Some(problem) => Handled::refused(problem, request),
            None => self.handle_or_reuse(request).await,
        };
        let mut response = delivery::into_lambda(request, &handled.reply);
        delivery::add_stage(&mut response, self.stage);
        if let Some(decision) = decision {
            decision.add_headers(&mut response);
        }
        self.log(request, response.status().as_u16(), &handled, started);
        response
    }

    /// The reply to the same request of a moment ago, if its endpoint allows that, or a new one.
    async fn handle_or_reuse(&self, request: &Request) -> Handled {
        let key = RequestKey::of(request);
        let cached = key.as_ref().and_then(|key| self.cache.get(key, self.clock.now()));
        match cached {
            Some(reply) => Handled { reply, is_cached: true, code: None, cause: None },
            None => self.handle(request, key).await,
        }
    }

    /// How long the handler may take. Its calls to AWS have time-outs of their own, but several that are slow add up.
    fn time_for(&self, request: &Request) -> Duration {
        let Some(deadline) = request.deadline else { return Duration::MAX };
        let left_ms = deadline.as_millis().saturating_sub(self.clock.now().as_millis());
        Duration::from_millis(u64::try_from(left_ms).unwrap_or(0)).saturating_sub(RESPONSE_TIME)
    }

    async fn handle(&self, request: &Request, key: Option<RequestKey>) -> Handled {
        // A panic is a bug. The client still gets a response, and the log names the request.
        let handling = AssertUnwindSafe(self.endpoint.handle(request)).catch_unwind();
        let outcome = match tokio::time::timeout(self.time_for(request), handling).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(Problem::internal("the handler panicked")),
            // As after a crash, the same request with the same key goes on where this one ended.
            Err(_) => Err(Problem::unavailable("temporarily_unavailable", "the function's time was over")),
        };
        match outcome {
            Ok(reply) => {
                let reply = Arc::new(delivery::prepared(request, reply));
                if let Some(key) = key {
                    self.cache.insert(key, &reply, self.clock.now());
                }
                Handled { reply, is_cached: false, code: None, cause: None }
            }
            Err(problem) => Handled::refused(problem, request),
        }
    }

    fn log(&self, request: &Request, status: u16, handled: &Handled, started: Instant) {
        let function = self.function;
        let Handled { reply, is_cached, code, cause } = handled;
        let user_id = request.identity.as_ref().map(|who| who.user_id.as_str());
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (method, consumed, request_id) =
            (request.method.as_str(), reply.consumption(), request.request_id.as_str());
        let lookups = reply.lookups().map(|lookups| if *is_cached { lookups.again() } else { lookups });
        let (from_process, from_cache, from_table) =
            (lookups.map(|l| l.process), lookups.map(|l| l.shared), lookups.map(|l| l.table));
        if status >= 500 {
            tracing::error!(
                function,
                request_id,
                method,
                status,
                code,
                cause,
                user_id,
                consumed,
                duration_ms,
                "request"
            );
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
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use souk_testkit::FixedClock;

    use super::*;

    fn service<E: Endpoint>(endpoint: E) -> Service<E> {
        let clock = Arc::new(FixedClock::new());
        let (origin_secrets, limiter, cache) = (OriginSecrets::default(), Limiter::off(), ResponseCache::default());
        Service { function: "test", stage: Stage::Trial, origin_secrets, endpoint, limiter, cache, clock }
    }

    async fn answer(endpoint: impl Endpoint) -> Arc<Reply> {
        service(endpoint).handle(&Request::new("GET", "/"), None).await.reply
    }

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

    /// Numbers its replies.
    #[derive(Default)]
    struct Counts(AtomicU32);
    impl Endpoint for Counts {
        async fn handle(&self, _: &Request) -> Result<Reply, Problem> {
            let count = self.0.fetch_add(1, Ordering::Relaxed);
            Ok(Reply::ok(&count).cacheable(1).reusable_for(Duration::from_millis(400)))
        }
    }

    #[tokio::test]
    async fn a_reply_is_used_again_within_its_time() {
        let service = service(Counts::default());
        let ask = |known: &str| {
            let request = Request::new("GET", "/").with_header("if-none-match", known);
            let service = &service;
            async move {
                let response = service.answer(&request).await;
                let body = String::from_utf8(response.body().to_vec()).expect("text");
                (response.status().as_u16(), body, response.headers().get("etag").cloned())
            }
        };
        let (first, second) = (ask("").await, ask("").await);
        assert_eq!((first.0, first.1.as_str()), (200, "0"));
        assert_eq!(first, second);
        let tag = first.2.expect("a tag");
        assert_eq!(ask(tag.to_str().expect("text")).await, (304, String::new(), Some(tag.clone())));
        let other = Request::new("GET", "/").with_query("page", "2");
        assert_eq!(service.answer(&other).await.body().to_vec(), b"1");
    }

    #[tokio::test]
    async fn a_request_that_bypasses_the_edge_reaches_no_endpoint() {
        let service = service(Counts::default());
        let origin_secrets =
            OriginSecrets::from_config(&Config::from([("ORIGIN_SECRETS", "a-secret-of-at-least-32-characters")]));
        let origin_secrets = origin_secrets.expect("a valid secret");
        let ask = async |secret: &str| {
            let request = Request::new("GET", "/").with_header("x-souk-origin", secret);
            let response = service.answer(&origin_secrets.checked(request)).await;
            (response.status().as_u16(), String::from_utf8(response.body().to_vec()).expect("text"))
        };
        let (status, body) = ask("another").await;
        assert!(status == 403 && body.contains("direct_access_refused"), "{status} {body}");
        assert_eq!(
            ask("a-secret-of-at-least-32-characters").await,
            (200, "0".to_owned()),
            "the first that was counted"
        );
        assert_eq!(ask("").await.0, 403, "although the response cache has an answer");
    }

    #[tokio::test]
    async fn head_is_get_without_a_body() {
        let service = service(Counts::default());
        let ask = async |method: &str, known: &str| {
            let request =
                Request::new(method, "/").with_header("accept-encoding", "gzip").with_header("if-none-match", known);
            let response = service.answer(&request).await;
            (response.status().as_u16(), response.headers().clone(), response.body().to_vec())
        };
        let (status, headers, body) = ask("GET", "").await;
        let tag = headers["etag"].to_str().expect("text").to_owned();
        assert_eq!((status, body.as_slice()), (200, b"0".as_slice()));
        assert_eq!(ask("HEAD", "").await, (200, headers, Vec::new()), "also from the response cache");
        assert_eq!(ask("HEAD", &tag).await, ask("GET", &tag).await);
        assert_eq!(ask("HEAD", &tag).await.0, 304);
    }

    #[tokio::test]
    async fn head_has_the_status_and_headers_of_a_problem() {
        let service = service(Fails);
        let answers =
            [service.answer(&Request::new("GET", "/")).await, service.answer(&Request::new("HEAD", "/")).await];
        assert_eq!((answers[0].status(), answers[0].headers()), (answers[1].status(), answers[1].headers()));
        assert!(answers[1].body().is_empty() && !answers[0].body().is_empty());
    }

    struct NeverEnds;
    impl Endpoint for NeverEnds {
        async fn handle(&self, _: &Request) -> Result<Reply, Problem> {
            std::future::pending().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_takes_too_long_is_answered_before_lambda_ends_the_function() {
        let service = service(NeverEnds);
        let ask = async |seconds: i64| {
            let request = Request::new("GET", "/").until(service.clock.now().plus_seconds(seconds));
            let started = tokio::time::Instant::now();
            let response = service.answer(&request).await;
            let retry_after = response.headers().get("retry-after").map(|value| value.as_bytes().to_vec());
            (response.status().as_u16(), retry_after, started.elapsed().as_millis().div_euclid(100))
        };
        assert_eq!(ask(10).await, (503, Some(b"1".to_vec()), 95));
        assert_eq!(ask(0).await, (503, Some(b"1".to_vec()), 0), "when it is late already");
    }

    #[tokio::test]
    async fn a_panic_becomes_a_problem() {
        let reply = answer(Panics).await;
        assert_eq!((reply.status(), reply.body_json()["code"].as_str()), (500, Some("internal_error")));
    }

    /// Status and headers of a response of the stage.
    async fn headers_of(stage: Stage, endpoint: impl Endpoint, request: &Request) -> (u16, http::HeaderMap) {
        let response = Service { stage, ..service(endpoint) }.answer(request).await;
        (response.status().as_u16(), response.headers().clone())
    }

    #[tokio::test]
    async fn every_response_has_the_security_headers_and_names_a_stage_that_does_not_sell() {
        let known = Request::new("GET", "/").with_header("if-none-match", "*");
        for stage in [Stage::Trial, Stage::Prod, Stage::Local] {
            let responses = [
                headers_of(stage, Counts::default(), &Request::new("GET", "/")).await,
                headers_of(stage, Counts::default(), &known).await,
                headers_of(stage, Counts::default(), &Request::new("HEAD", "/")).await,
                headers_of(stage, Fails, &Request::new("POST", "/")).await,
                headers_of(stage, Panics, &Request::new("GET", "/")).await,
            ];
            assert_eq!(responses.each_ref().map(|(status, _)| *status), [200, 304, 200, 503, 500]);
            for (status, headers) in responses {
                let value = |name: &str| headers.get(name).map(|value| value.to_str().expect("text").to_owned());
                assert_eq!(value("souk-stage").as_deref(), stage.header_value(), "{status}");
                assert_eq!(value("strict-transport-security").as_deref(), Some("max-age=31536000"));
                assert_eq!(value("x-content-type-options").as_deref(), Some("nosniff"));
                assert_eq!(value("referrer-policy").as_deref(), Some("no-referrer"));
                let policy = "default-src 'none'; frame-ancestors 'none'";
                assert_eq!(value("content-security-policy").as_deref(), Some(policy));
            }
        }
    }

    #[test]
    fn amounts_in_problems_stay_exact() {
        let total = souk_domain::money::Money::from_minor(69_990, souk_domain::money::Currency::USD);
        let problem = Problem::conflict("price_changed", "moved").with("total_amount", Amount(total));
        let reply = problem.into_reply("r");
        assert!(reply.body().contains("\"total_amount\":699.90"), "{}", reply.body());
    }

    #[tokio::test]
    async fn problems_name_the_request_and_no_internals() {
        let reply = answer(Fails).await;
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
