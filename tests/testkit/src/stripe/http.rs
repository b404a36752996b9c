//! The fake over HTTP: routes, idempotency keys, faults.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::faults::Fault;
use super::records::{Change, Records, StoredResponse};
use super::rules::{self, Context, Form, Outcome, Refusal};
use super::{StripeFake, lock};

/// The API version of events.
pub(super) const API_VERSION: &str = "2026-08-26.dahlia";
/// How long the response for a key is stored: what Stripe promises at least.
const KEY_LIFE_SECONDS: i64 = 24 * 3600;
/// Longest list.
const MAX_LIMIT: usize = 100;

pub(super) fn routes(fake: StripeFake) -> Router {
    Router::new()
        .route("/v1/payment_intents", post(create_intent).get(list_intents))
        .route("/v1/payment_intents/search", get(search_intents))
        .route("/v1/payment_intents/{id}", get(read_intent))
        .route("/v1/payment_intents/{id}/cancel", post(cancel_intent))
        .route("/v1/payment_methods/{id}", get(read_payment_method))
        .route("/v1/confirmation_tokens/{id}", get(read_confirmation_token))
        .route("/v1/refunds", post(create_refund).get(list_refunds))
        .route("/v1/refunds/{id}", get(read_refund))
        .route("/authenticate/{id}", get(authenticate))
        .route("/_control/payment_intents/{id}/{status}", post(move_intent))
        .route("/_control/refunds/{id}/{status}", post(move_refund))
        .route("/_control/faults", post(set_faults))
        .route("/_control/state", get(state))
        .with_state(fake)
}

/// A response that can be stored for a key.
struct JsonResponse {
    status: u16,
    body: Value,
    replayed: bool,
}

impl JsonResponse {
    fn new(status: u16, body: Value) -> Self {
        Self { status, body, replayed: false }
    }

    fn error(status: u16, kind: &str, code: &str) -> Self {
        Self::new(status, json!({"error": {"type": kind, "code": code, "message": "refused"}}))
    }
}

impl IntoResponse for JsonResponse {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, [("content-type", "application/json")], self.body.to_string()).into_response();
        if self.replayed {
            response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
        }
        response
    }
}

/// An idempotency key in use. It is released when the request ends.
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
    /// A write request with its key, its fault and its effect.
    async fn write(
        &self,
        path: &str,
        headers: &HeaderMap,
        body: &Bytes,
        act: impl Fn(&mut Records, &Form, &Context<'_>) -> Outcome,
    ) -> JsonResponse {
        if let Some(refused) = unauthorized(headers) {
            return refused;
        }
        let form = parse(body);
        let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).map(str::to_owned);
        if key.as_ref().is_some_and(|key| !lock(&self.shared.in_use).insert(key.clone())) {
            return JsonResponse::error(409, "idempotency_error", "idempotency_key_in_use");
        }
        let in_use = InUse { fake: self, key };
        let fingerprint = format!("{path} {form:?}");
        if let Some(known) = in_use.key.as_ref().and_then(|key| self.responses(key, &fingerprint)) {
            return known;
        }
        let fault = lock(&self.shared.faults).take();
        match fault {
            Some(Fault::RateLimited) => return JsonResponse::error(429, "invalid_request_error", "rate_limit"),
            Some(Fault::Unavailable) => return JsonResponse::error(503, "api_error", "unavailable"),
            Some(Fault::TimeoutBefore) => return self.hang().await,
            _ => {}
        }
        let answer = self.act(in_use.key.as_deref(), fingerprint, &form, fault, act);
        if fault == Some(Fault::TimeoutAfter) { self.hang().await } else { answer }
    }

    /// Executes a request in one step and stores the response for its key, also an error of a card or of the server. A
    /// request with an invalid parameter is not executed.
    fn act(
        &self,
        key: Option<&str>,
        fingerprint: String,
        form: &Form,
        fault: Option<Fault>,
        act: impl Fn(&mut Records, &Form, &Context<'_>) -> Outcome,
    ) -> JsonResponse {
        let mut records = self.records();
        let failure = || JsonResponse::error(500, "api_error", "internal");
        let (answer, mut change) = match act(&mut records, form, &self.context()) {
            _ if fault == Some(Fault::ErrorBefore) => (failure(), Change::default()),
            Ok((body, change)) => (JsonResponse::new(200, body), change),
            Err(Refusal { status, body, change }) => (JsonResponse::new(status, body), change),
        };
        let executed = !matches!(answer.status, 400 | 404);
        let answer = if fault == Some(Fault::ErrorAfter) && executed { failure() } else { answer };
        if let (Some(key), true) = (key, executed) {
            let (key, at) = (key.to_owned(), self.now());
            change.responses.push(StoredResponse {
                key,
                fingerprint,
                status: answer.status,
                body: answer.body.clone(),
                at,
            });
        }
        records.commit(change);
        drop(records);
        self.notify();
        answer
    }

    /// The stored response for this key; an error if it was for another request.
    fn responses(&self, key: &str, fingerprint: &str) -> Option<JsonResponse> {
        let records = self.records();
        let responses = records.responses.get(key).filter(|responses| self.now() - responses.at < KEY_LIFE_SECONDS)?;
        Some(if responses.fingerprint == fingerprint {
            JsonResponse { status: responses.status, body: responses.body.clone(), replayed: true }
        } else {
            JsonResponse::new(400, json!({"error": {"type": "idempotency_error", "message": "other parameters"}}))
        })
    }

    async fn hang(&self) -> JsonResponse {
        tokio::time::sleep(self.shared.options.hang).await;
        JsonResponse::error(504, "api_error", "timed_out")
    }
}

async fn create_intent(State(fake): State<StripeFake>, headers: HeaderMap, body: Bytes) -> JsonResponse {
    fake.write("/v1/payment_intents", &headers, &body, rules::create_intent).await
}

async fn cancel_intent(
    State(fake): State<StripeFake>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> JsonResponse {
    let path = format!("/v1/payment_intents/{id}/cancel");
    fake.write(&path, &headers, &body, |records, form, context| rules::cancel_intent(records, &id, form, context)).await
}

async fn create_refund(State(fake): State<StripeFake>, headers: HeaderMap, body: Bytes) -> JsonResponse {
    fake.write("/v1/refunds", &headers, &body, rules::create_refund).await
}

async fn read_intent(State(fake): State<StripeFake>, Path(id): Path<String>, headers: HeaderMap) -> JsonResponse {
    let intent = fake.records().intents.get(&id).cloned();
    unauthorized(&headers).unwrap_or_else(|| found(intent))
}

async fn read_payment_method(Path(id): Path<String>, headers: HeaderMap) -> JsonResponse {
    let card = rules::card_of(&id).map(|card| json!({"id": id, "object": "payment_method", "card": card}));
    unauthorized(&headers).unwrap_or_else(|| found(card))
}

async fn read_confirmation_token(Path(id): Path<String>, headers: HeaderMap) -> JsonResponse {
    let preview = rules::card_of(&id)
        .map(|card| json!({"id": id, "object": "confirmation_token", "payment_method_preview": {"card": card}}));
    unauthorized(&headers).unwrap_or_else(|| found(preview))
}

async fn read_refund(State(fake): State<StripeFake>, Path(id): Path<String>, headers: HeaderMap) -> JsonResponse {
    let refund = fake.records().refunds.get(&id).cloned();
    unauthorized(&headers).unwrap_or_else(|| found(refund))
}

/// Newest first, as all lists of Stripe.
async fn list_intents(State(fake): State<StripeFake>, RawQuery(query): RawQuery, headers: HeaderMap) -> JsonResponse {
    let form = parse(query.unwrap_or_default().as_bytes());
    let intents: Vec<_> = fake.intents().into_iter().rev().map(|intent| (intent.id.clone(), intent)).collect();
    unauthorized(&headers).unwrap_or_else(|| page(&intents, &form))
}

async fn list_refunds(State(fake): State<StripeFake>, RawQuery(query): RawQuery, headers: HeaderMap) -> JsonResponse {
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

/// Supports `query=metadata['a']:'b' AND metadata['c']:'d'` only.
async fn search_intents(State(fake): State<StripeFake>, RawQuery(query): RawQuery, headers: HeaderMap) -> JsonResponse {
    let form = parse(query.unwrap_or_default().as_bytes());
    let query_text = form.get("query").map(String::as_str).unwrap_or_default();
    let clauses: Option<Vec<(&str, &str)>> = query_text.split(" AND ").map(clause).collect();
    let Some(clauses) = clauses else { return JsonResponse::error(400, "invalid_request_error", "query") };
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

async fn authenticate(
    State(fake): State<StripeFake>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> JsonResponse {
    let fails = parse(query.unwrap_or_default().as_bytes()).get("outcome").is_some_and(|outcome| outcome == "fail");
    let takes_days = fake
        .records()
        .intents
        .get(&id)
        .is_some_and(|intent| intent.payment_method_types.iter().any(|kind| kind.ends_with("_debit")));
    let status = match (fails, takes_days) {
        (true, _) => "requires_payment_method",
        (false, true) => "processing",
        (false, false) => "succeeded",
    };
    done(fake.move_intent(&id, status))
}

async fn move_intent(State(fake): State<StripeFake>, Path((id, status)): Path<(String, String)>) -> JsonResponse {
    done(fake.move_intent(&id, &status))
}

async fn move_refund(State(fake): State<StripeFake>, Path((id, status)): Path<(String, String)>) -> JsonResponse {
    done(fake.move_refund(&id, &status))
}

/// The body of `POST /_control/faults`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultsRequest {
    #[serde(default)]
    next: Vec<Option<Fault>>,
    per_mille: Option<u64>,
    #[serde(default)]
    seed: u64,
}

async fn set_faults(State(fake): State<StripeFake>, body: Bytes) -> JsonResponse {
    let Ok(request) = serde_json::from_slice::<FaultsRequest>(&body) else { return done(false) };
    let mut faults = lock(&fake.shared.faults);
    faults.queue(request.next);
    if let Some(per_mille) = request.per_mille {
        faults.at_random(per_mille, request.seed);
    }
    done(true)
}

async fn state(State(fake): State<StripeFake>) -> JsonResponse {
    let waiting = fake.records().events.len();
    let body = json!({"payment_intents": fake.intents(), "refunds": fake.refunds(), "messages_waiting": waiting});
    JsonResponse::new(200, body)
}

fn done(done: bool) -> JsonResponse {
    if done {
        JsonResponse::new(200, json!({"done": true}))
    } else {
        JsonResponse::error(409, "control", "not_possible")
    }
}

fn found(object: Option<impl Serialize>) -> JsonResponse {
    object.map_or_else(
        || JsonResponse::error(404, "invalid_request_error", "resource_missing"),
        |o| JsonResponse::new(200, json!(o)),
    )
}

fn page<T: Serialize>(all: &[(String, T)], form: &Form) -> JsonResponse {
    let limit = form.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(10).clamp(1, MAX_LIMIT);
    let after = form.get("starting_after");
    let start = after.and_then(|id| all.iter().position(|(known, _)| known == id)).map_or(0, |index| index + 1);
    let has_more = all.len() > start + limit;
    let data: Vec<&T> = all.iter().skip(start).take(limit).map(|(_, object)| object).collect();
    JsonResponse::new(200, json!({"object": "list", "data": data, "has_more": has_more}))
}

/// Stripe requires an API key; this fake also requires the API version.
fn unauthorized(headers: &HeaderMap) -> Option<JsonResponse> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = text("authorization").strip_prefix("Bearer ").unwrap_or_default();
    if !key.starts_with("sk_test_") && !key.starts_with("rk_test_") {
        return Some(JsonResponse::error(401, "invalid_request_error", "api_key_invalid"));
    }
    text("stripe-version").is_empty().then(|| JsonResponse::error(400, "invalid_request_error", "version_missing"))
}

fn parse(form: &[u8]) -> Form {
    form_urlencoded::parse(form).into_owned().collect()
}
