//! The fake over HTTP: routes, idempotency keys, faults.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::book::{Book, Change, Kept};
use super::faults::Fault;
use super::rules::{self, Context, Form, Outcome, Refusal};
use super::{StripeFake, lock};

/// What messages say they are of.
pub(super) const API_VERSION: &str = "2026-08-26.dahlia";
/// How long a key is remembered, in seconds: what Stripe promises at least.
const KEY_LIFE_SECONDS: i64 = 24 * 3600;
/// Longest list.
const MAX_LIMIT: usize = 100;

pub(super) fn routes(fake: StripeFake) -> Router {
    Router::new()
        .route("/v1/payment_intents", post(create_intent).get(list_intents))
        .route("/v1/payment_intents/search", get(search_intents))
        .route("/v1/payment_intents/{id}", get(read_intent))
        .route("/v1/payment_intents/{id}/cancel", post(cancel_intent))
        .route("/v1/refunds", post(create_refund).get(list_refunds))
        .route("/v1/refunds/{id}", get(read_refund))
        .route("/authenticate/{id}", get(authenticate))
        .route("/_control/payment_intents/{id}/{status}", post(move_intent))
        .route("/_control/refunds/{id}/{status}", post(move_refund))
        .route("/_control/faults", post(set_faults))
        .route("/_control/state", get(state))
        .with_state(fake)
}

/// An answer that can be kept for a key.
struct Answer {
    status: u16,
    body: Value,
    replayed: bool,
}

impl Answer {
    fn new(status: u16, body: Value) -> Self {
        Self { status, body, replayed: false }
    }

    fn error(status: u16, kind: &str, code: &str) -> Self {
        Self::new(status, json!({"error": {"type": kind, "code": code, "message": "refused"}}))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, [("content-type", "application/json")], self.body.to_string()).into_response();
        if self.replayed {
            response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
        }
        response
    }
}

/// A key that a request works with; free again when the request ends, however it ends.
struct InUse<'a> {
    fake: &'a StripeFake,
    key: Option<String>,
}

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        if let Some(key) = &self.key {
            lock(&self.fake.shared.in_use).remove(key);
        }
    }
}

impl StripeFake {
    /// A writing request: its key, what goes wrong, what it does.
    async fn write(
        &self,
        path: &str,
        headers: &HeaderMap,
        body: &Bytes,
        act: impl Fn(&mut Book, &Form, &Context<'_>) -> Outcome,
    ) -> Answer {
        if let Some(refused) = unauthorized(headers) {
            return refused;
        }
        let form = parse(body);
        let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).map(str::to_owned);
        if key.as_ref().is_some_and(|key| !lock(&self.shared.in_use).insert(key.clone())) {
            return Answer::error(409, "idempotency_error", "idempotency_key_in_use");
        }
        let in_use = InUse { fake: self, key };
        let fingerprint = format!("{path} {form:?}");
        if let Some(known) = in_use.key.as_ref().and_then(|key| self.kept(key, &fingerprint)) {
            return known;
        }
        let fault = lock(&self.shared.faults).take();
        match fault {
            Some(Fault::RateLimited) => return Answer::error(429, "invalid_request_error", "rate_limit"),
            Some(Fault::Unavailable) => return Answer::error(503, "api_error", "unavailable"),
            Some(Fault::TimeoutBefore) => return self.hang().await,
            _ => {}
        }
        let answer = self.act(in_use.key.as_deref(), fingerprint, &form, fault, act);
        if fault == Some(Fault::TimeoutAfter) { self.hang().await } else { answer }
    }

    /// Does it, all in one step, and keeps the answer for its key: from here on the request counts as executed, errors
    /// of cards and of servers included. A refused parameter does not.
    fn act(
        &self,
        key: Option<&str>,
        fingerprint: String,
        form: &Form,
        fault: Option<Fault>,
        act: impl Fn(&mut Book, &Form, &Context<'_>) -> Outcome,
    ) -> Answer {
        let mut book = self.book();
        let failure = || Answer::error(500, "api_error", "internal");
        let (answer, mut change) = match act(&mut book, form, &self.context()) {
            _ if fault == Some(Fault::ErrorBefore) => (failure(), Change::default()),
            Ok((body, change)) => (Answer::new(200, body), change),
            Err(Refusal { status, body, change }) => (Answer::new(status, body), change),
        };
        let executed = !matches!(answer.status, 400 | 404);
        let answer = if fault == Some(Fault::ErrorAfter) && executed { failure() } else { answer };
        if let (Some(key), true) = (key, executed) {
            let (key, at) = (key.to_owned(), self.now());
            change.kept.push(Kept { key, fingerprint, status: answer.status, body: answer.body.clone(), at });
        }
        book.commit(change);
        drop(book);
        self.has_news();
        answer
    }

    /// The answer that this key got; an error if it was for another request.
    fn kept(&self, key: &str, fingerprint: &str) -> Option<Answer> {
        let book = self.book();
        let kept = book.kept.get(key).filter(|kept| self.now() - kept.at < KEY_LIFE_SECONDS)?;
        Some(if kept.fingerprint == fingerprint {
            Answer { status: kept.status, body: kept.body.clone(), replayed: true }
        } else {
            Answer::new(400, json!({"error": {"type": "idempotency_error", "message": "other parameters"}}))
        })
    }

    async fn hang(&self) -> Answer {
        tokio::time::sleep(self.shared.options.hang).await;
        Answer::error(504, "api_error", "timed_out")
    }
}

async fn create_intent(State(fake): State<StripeFake>, headers: HeaderMap, body: Bytes) -> Answer {
    fake.write("/v1/payment_intents", &headers, &body, rules::create_intent).await
}

async fn cancel_intent(
    State(fake): State<StripeFake>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let path = format!("/v1/payment_intents/{id}/cancel");
    fake.write(&path, &headers, &body, |book, form, context| rules::cancel_intent(book, &id, form, context)).await
}

async fn create_refund(State(fake): State<StripeFake>, headers: HeaderMap, body: Bytes) -> Answer {
    fake.write("/v1/refunds", &headers, &body, rules::create_refund).await
}

async fn read_intent(State(fake): State<StripeFake>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let intent = fake.book().intents.get(&id).cloned();
    unauthorized(&headers).unwrap_or_else(|| found(intent))
}

async fn read_refund(State(fake): State<StripeFake>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let refund = fake.book().refunds.get(&id).cloned();
    unauthorized(&headers).unwrap_or_else(|| found(refund))
}

/// Newest first, as everywhere at Stripe.
async fn list_intents(State(fake): State<StripeFake>, RawQuery(query): RawQuery, headers: HeaderMap) -> Answer {
    let form = parse(query.unwrap_or_default().as_bytes());
    let intents: Vec<_> = fake.intents().into_iter().rev().map(|intent| (intent.id.clone(), intent)).collect();
    unauthorized(&headers).unwrap_or_else(|| page(&intents, &form))
}

async fn list_refunds(State(fake): State<StripeFake>, RawQuery(query): RawQuery, headers: HeaderMap) -> Answer {
    let form = parse(query.unwrap_or_default().as_bytes());
    let of_intent = form.get("payment_intent").cloned();
    let wanted = fake
        .refunds()
        .into_iter()
        .rev()
        .filter(|refund| of_intent.as_ref().is_none_or(|id| *id == refund.payment_intent));
    let refunds: Vec<_> = wanted.map(|refund| (refund.id.clone(), refund)).collect();
    unauthorized(&headers).unwrap_or_else(|| page(&refunds, &form))
}

/// `query=metadata['a']:'b' AND metadata['c']:'d'`, and nothing else of Stripe's search.
async fn search_intents(State(fake): State<StripeFake>, RawQuery(query): RawQuery, headers: HeaderMap) -> Answer {
    let form = parse(query.unwrap_or_default().as_bytes());
    let asked = form.get("query").map(String::as_str).unwrap_or_default();
    let clauses: Option<Vec<(&str, &str)>> = asked.split(" AND ").map(clause).collect();
    let Some(clauses) = clauses else { return Answer::error(400, "invalid_request_error", "query") };
    let fits = |(name, value): &(&str, &str), intent: &super::Intent| {
        intent.metadata.get(*name).is_some_and(|known| known == value)
    };
    let intents = fake.intents().into_iter().filter(|intent| clauses.iter().all(|clause| fits(clause, intent)));
    let intents: Vec<_> = intents.map(|intent| (intent.id.clone(), intent)).collect();
    unauthorized(&headers).unwrap_or_else(|| page(&intents, &form))
}

fn clause(raw: &str) -> Option<(&str, &str)> {
    raw.trim().strip_prefix("metadata['")?.strip_suffix('\'')?.split_once("']:'")
}

async fn authenticate(State(fake): State<StripeFake>, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let fails = parse(query.unwrap_or_default().as_bytes()).get("outcome").is_some_and(|outcome| outcome == "fail");
    let days = fake
        .book()
        .intents
        .get(&id)
        .is_some_and(|intent| intent.payment_method_types.iter().any(|kind| kind.ends_with("_debit")));
    let status = match (fails, days) {
        (true, _) => "requires_payment_method",
        (false, true) => "processing",
        (false, false) => "succeeded",
    };
    done(fake.move_intent(&id, status))
}

async fn move_intent(State(fake): State<StripeFake>, Path((id, status)): Path<(String, String)>) -> Answer {
    done(fake.move_intent(&id, &status))
}

async fn move_refund(State(fake): State<StripeFake>, Path((id, status)): Path<(String, String)>) -> Answer {
    done(fake.move_refund(&id, &status))
}

/// The body of `POST /_control/faults`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    next: Vec<Option<Fault>>,
    per_mille: Option<u64>,
    #[serde(default)]
    seed: u64,
}

async fn set_faults(State(fake): State<StripeFake>, body: Bytes) -> Answer {
    let Ok(wanted) = serde_json::from_slice::<Wanted>(&body) else { return done(false) };
    let mut faults = lock(&fake.shared.faults);
    faults.queue(wanted.next);
    if let Some(per_mille) = wanted.per_mille {
        faults.at_random(per_mille, wanted.seed);
    }
    done(true)
}

async fn state(State(fake): State<StripeFake>) -> Answer {
    let waiting = fake.book().events.len();
    let body = json!({"payment_intents": fake.intents(), "refunds": fake.refunds(), "messages_waiting": waiting});
    Answer::new(200, body)
}

fn done(done: bool) -> Answer {
    if done { Answer::new(200, json!({"done": true})) } else { Answer::error(409, "control", "not_possible") }
}

fn found(object: Option<impl Serialize>) -> Answer {
    object
        .map_or_else(|| Answer::error(404, "invalid_request_error", "resource_missing"), |o| Answer::new(200, json!(o)))
}

fn page<T: Serialize>(all: &[(String, T)], form: &Form) -> Answer {
    let limit = form.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(10).clamp(1, MAX_LIMIT);
    let after = form.get("starting_after");
    let start = after.and_then(|id| all.iter().position(|(known, _)| known == id)).map_or(0, |index| index + 1);
    let has_more = all.len() > start + limit;
    let data: Vec<&T> = all.iter().skip(start).take(limit).map(|(_, object)| object).collect();
    Answer::new(200, json!({"object": "list", "data": data, "has_more": has_more}))
}

/// Stripe wants a key; this fake also wants the caller to say for which version it was written.
fn unauthorized(headers: &HeaderMap) -> Option<Answer> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = text("authorization").strip_prefix("Bearer ").unwrap_or_default();
    if !key.starts_with("sk_test_") && !key.starts_with("rk_test_") {
        return Some(Answer::error(401, "invalid_request_error", "api_key_invalid"));
    }
    text("stripe-version").is_empty().then(|| Answer::error(400, "invalid_request_error", "version_missing"))
}

fn parse(form: &[u8]) -> Form {
    form_urlencoded::parse(form).into_owned().collect()
}
