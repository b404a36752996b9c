//! HTTP requests as endpoints get them.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::HeaderMap;
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;
use sha2::{Digest, Sha256};
use souk_domain::account::CallerKind;
use souk_domain::effects::Random;
use souk_domain::idempotency::IdempotencyKey;
use souk_domain::ids::{SessionId, UserId};
use souk_domain::permission::{Permission, Permissions};
use souk_domain::rate_limit::RateClass;
use souk_domain::time::Timestamp;
use souk_domain::validation::{Invalid, looks_like_card_number};

use super::fields::Fields;
use super::problem::Problem;

/// Largest JSON body of an ordinary call, in bytes.
const MAX_JSON_BYTES: usize = 64 * 1024;
/// Longest idempotency key, in characters.
const MAX_KEY_CHARS: usize = 255;

/// The caller, from the authorizer's response. Nothing in the request itself can change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account, or the guest.
    pub user_id: UserId,
    /// The session that the token belongs to.
    pub session_id: SessionId,
    /// The kind of the caller.
    pub kind: CallerKind,
    /// Permissions of the caller as staff, from the store. Empty on routes that do not check the session.
    pub permissions: Permissions,
    /// Whether the session was started with a second factor.
    pub has_second_factor: bool,
}

/// One HTTP request.
#[derive(Debug, Clone)]
pub struct Request {
    pub(super) method: String,
    pub(super) path: String,
    /// The path of the API's route, with placeholders, as the gateway names it.
    pub(super) route: Option<String>,
    pub(super) request_id: String,
    pub(super) source_address: String,
    /// Whether it came to the API's own address although the shop has an edge.
    pub(super) bypassed_edge: bool,
    pub(super) identity: Option<Identity>,
    pub(super) token_problem: Option<String>,
    pub(super) path_parameters: Vec<(String, String)>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// When Lambda ends the function.
    pub(super) deadline: Option<Timestamp>,
}

impl Request {
    /// A request without identity, headers or body; tests add to it.
    pub fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            route: None,
            request_id: "request-1".to_owned(),
            source_address: "127.0.0.1".to_owned(),
            bypassed_edge: false,
            identity: None,
            token_problem: None,
            path_parameters: Vec::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            deadline: None,
        }
    }

    /// Adds a caller with an account.
    #[must_use]
    pub fn from_user(self, user_id: UserId) -> Self {
        self.from_caller(user_id, CallerKind::Shopper, Permissions::NONE)
    }

    /// Adds a caller without a verified address.
    #[must_use]
    pub fn from_guest(self, user_id: UserId) -> Self {
        self.from_caller(user_id, CallerKind::Guest, Permissions::NONE)
    }

    /// Adds a member of staff with all permissions.
    #[must_use]
    pub fn from_staff(self, user_id: UserId) -> Self {
        self.from_caller(user_id, CallerKind::Shopper, Permissions::of(&Permission::ALL))
    }

    /// Adds a caller with these permissions. The session has the user's id, and a second factor.
    #[must_use]
    pub fn from_caller(mut self, user_id: UserId, kind: CallerKind, permissions: Permissions) -> Self {
        let session_id = user_id.as_str().parse().ok();
        self.identity =
            session_id.map(|session_id| Identity { user_id, session_id, kind, permissions, has_second_factor: true });
        self
    }

    /// From another network address.
    #[must_use]
    pub fn from_address(self, address: &str) -> Self {
        Self { source_address: address.to_owned(), ..self }
    }

    /// That Lambda ends at this time.
    #[must_use]
    pub fn until(self, deadline: Timestamp) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// Adds a path parameter.
    #[must_use]
    pub fn with_path(mut self, name: &str, value: &str) -> Self {
        self.path_parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn with_query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = http::HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn with_json(mut self, body: &str) -> Self {
        self.body = Bytes::from(body.to_owned());
        self.with_header("content-type", "application/json")
    }

    pub(super) fn from_lambda(request: lambda_http::Request) -> Self {
        let context = match request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => Some(context),
            _ => None,
        };
        let authorized = context.and_then(|context| context.authorizer.as_ref()).map(|authorizer| &authorizer.fields);
        let claim = |name: &str| authorized.and_then(|fields| fields.get(name)).and_then(|value| value.as_str());
        let identity = identity(&claim);
        let http = context.map(|context| &context.http);
        let deadline = request.lambda_context_ref().and_then(|context| i64::try_from(context.deadline).ok());
        Self {
            request_id: context.and_then(|context| context.request_id.clone()).unwrap_or_default(),
            source_address: http.and_then(|http| http.source_ip.clone()).unwrap_or_default(),
            bypassed_edge: false,
            token_problem: claim("token_problem").map(str::to_owned),
            identity,
            path_parameters: owned_pairs(request.path_parameters().iter()),
            query: owned_pairs(request.query_string_parameters().iter()),
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            route: context.and_then(|context| route_path(context.route_key.as_deref()?)).map(str::to_owned),
            headers: request.headers().clone(),
            body: match request.into_body() {
                lambda_http::Body::Text(text) => Bytes::from(text),
                lambda_http::Body::Binary(binary) => Bytes::from(binary),
                _ => Bytes::new(),
            },
            deadline: deadline.map(Timestamp::from_millis),
        }
    }

    /// The id of this request in responses and logs.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The client's address: from the edge if the shop has one, otherwise the one that connected to the API. For rate
    /// limits and the audit log only, never for other logs.
    pub fn source_address(&self) -> &str {
        &self.source_address
    }

    /// The method, with GET for HEAD, which is handled in the same way (RFC 9110, 9.3.2).
    pub fn method(&self) -> &str {
        if self.is_head() { "GET" } else { &self.method }
    }

    /// The class of its route, for rate limits. The path itself may have another spelling, which the client chooses.
    pub(super) fn rate_class(&self) -> RateClass {
        RateClass::of_route(self.method(), self.route.as_deref().unwrap_or(&self.path))
    }

    /// Whether the response must have no body.
    pub(super) fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// The caller, who must have a token.
    pub fn user(&self) -> Result<&Identity, Problem> {
        self.identity.as_ref().ok_or_else(|| match self.token_problem.as_deref() {
            Some("expired") => {
                Problem::unauthorized("token_expired", "the token has expired; refresh it or log in again")
            }
            Some("session_ended") => Problem::unauthorized("session_ended", "the session has ended; log in again"),
            Some("unavailable") => {
                Problem::unavailable("temporarily_unavailable", "the token's key or its session could not be read")
            }
            Some(_) => Problem::unauthorized("token_invalid", "the token is not valid; log in again"),
            None => Problem::unauthorized("token_required", "this needs a token: log in first"),
        })
    }

    /// The caller, whose account must have a verified address.
    pub fn account(&self) -> Result<&Identity, Problem> {
        let identity = self.user()?;
        match identity.kind {
            CallerKind::Shopper => Ok(identity),
            CallerKind::Guest => {
                let detail = "this needs an account whose e-mail address is verified";
                Err(Problem::new(403, "verified_account_required", detail))
            }
        }
    }

    /// The caller, who must be staff with this permission and a second factor.
    pub fn staff(&self, permission: Permission) -> Result<&Identity, Problem> {
        let identity = self.user()?;
        if identity.kind != CallerKind::Shopper || !identity.permissions.contains(permission) {
            return Err(Problem::forbidden());
        }
        if !identity.has_second_factor {
            let detail = "staff need a second factor: enrol one and log in with its code";
            return Err(Problem::new(403, "second_factor_missing", detail));
        }
        Ok(identity)
    }

    /// An id in the path. An invalid id gives 404.
    pub fn path_id<T: FromStr<Err = Invalid>>(&self, name: &str, what: &str) -> Result<T, Problem> {
        let value = self.path_parameters.iter().find(|(known, _)| known == name);
        value.and_then(|(_, raw)| raw.parse().ok()).ok_or_else(|| Problem::not_found(what))
    }

    /// The parameters of the query.
    pub fn query(&self) -> Fields<'_> {
        Fields::from_query(self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// All parameters of the query, with repeated ones.
    pub fn query_pairs(&self) -> &[(String, String)] {
        &self.query
    }

    /// The members of the JSON body.
    pub fn fields(&self) -> Result<Fields<'_>, Problem> {
        Fields::from_json(self.body("application/json", MAX_JSON_BYTES)?)
    }

    /// The members of a JSON body that may be missing.
    pub fn optional_fields(&self) -> Result<Fields<'_>, Problem> {
        if self.body.is_empty() { Fields::from_json(b"{}") } else { self.fields() }
    }

    /// The body. Fails if it has another content type or is too large.
    pub fn body(&self, content_type: &str, max_bytes: usize) -> Result<&[u8], Problem> {
        let sent = self.header("content-type").map(|value| value.split(';').next().unwrap_or_default().trim());
        if sent.is_some_and(|sent| !sent.eq_ignore_ascii_case(content_type)) {
            let detail = format!("send the body as {content_type}");
            return Err(Problem::new(415, "unsupported_media_type", detail));
        }
        if self.body.len() > max_bytes {
            let detail = format!("the body must have at most {max_bytes} bytes");
            return Err(Problem::new(413, "body_too_large", detail));
        }
        Ok(&self.body)
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The client's `Idempotency-Key` (IETF draft-ietf-httpapi-idempotency-key-header) with a fingerprint of the
    /// request. Both are hashes: keys are the client's secrets, and hashes are short.
    pub fn idempotency_key(&self) -> Result<Option<IdempotencyKey>, Problem> {
        let Some(header) = self.headers.get("idempotency-key") else { return Ok(None) };
        let key = header.to_str().map(|raw| raw.trim().trim_matches('"')).unwrap_or_default();
        if key.is_empty() || key.len() > MAX_KEY_CHARS {
            let detail = format!("Idempotency-Key must have 1 to {MAX_KEY_CHARS} printable ASCII characters");
            return Err(Problem::malformed("invalid_idempotency_key", detail));
        }
        if looks_like_card_number(key) {
            return Err(Problem::malformed("card_number", "Idempotency-Key looks like a card number"));
        }
        let fingerprint = short_hash(&[self.method.as_bytes(), self.path.as_bytes(), &self.body]);
        Ok(Some(IdempotencyKey { key: short_hash(&[key.as_bytes()]), fingerprint }))
    }

    /// The client's key, or a random one, so that a write whose response got lost can be told from other requests'
    /// writes.
    pub fn idempotency_key_or_random(&self, random: &dyn Random) -> Result<IdempotencyKey, Problem> {
        let unkeyed = || {
            let mut bytes = [0; 16];
            random.fill(&mut bytes);
            IdempotencyKey { key: URL_SAFE_NO_PAD.encode(bytes), fingerprint: String::new() }
        };
        Ok(self.idempotency_key()?.unwrap_or_else(unkeyed))
    }
}

/// The caller that the authorizer's response names. `claim` reads a member of the response.
fn identity<'a>(claim: &impl Fn(&str) -> Option<&'a str>) -> Option<Identity> {
    Some(Identity {
        user_id: claim("user_id")?.parse().ok()?,
        session_id: claim("session_id")?.parse().ok()?,
        kind: claim("kind")?.parse().ok()?,
        permissions: claim("permissions").and_then(|names| names.parse().ok()).unwrap_or_default(),
        has_second_factor: claim("second_factor") == Some("yes"),
    })
}

/// The path of a route key, such as `GET /products/{product_id}`; none of `$default`.
fn route_path(route_key: &str) -> Option<&str> {
    route_key.split_once(' ').map(|(_, path)| path)
}

fn owned_pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The first 128 bits of SHA-256 over the parts, as 22 characters.
pub(super) fn short_hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(&hash.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use lambda_http::request::LambdaRequest;
    use proptest::prelude::*;

    use super::*;
    use crate::http::query_string::with_valid_query;

    fn post() -> Request {
        Request::new("POST", "/orders").with_json("{}")
    }

    #[test]
    fn a_key_identifies_a_request() {
        let mark = |request: Request| request.idempotency_key().expect("a valid key").expect("a key");
        let first = mark(post().with_header("idempotency-key", "\"abc\""));
        assert_eq!(first, mark(post().with_header("idempotency-key", "abc")));
        let other_body = mark(post().with_json("{ }").with_header("idempotency-key", "abc"));
        assert_eq!((first.key == other_body.key, first.fingerprint == other_body.fingerprint), (true, false));
        assert_eq!(post().idempotency_key().ok().flatten(), None);
        for bad in ["", "\"\"", &"k".repeat(256), "4242 4242 4242 4242"] {
            let problem = post().with_header("idempotency-key", bad).idempotency_key().expect_err("refused");
            assert_eq!(problem.status(), 400, "{bad}");
        }
    }

    #[test]
    fn a_request_without_a_key_gets_a_random_one() {
        let random = crate::effects::SystemRandom;
        let mark = |request: Request| request.idempotency_key_or_random(&random).expect("a mark");
        assert_ne!(mark(post()), mark(post()));
        let keyed = || post().with_header("idempotency-key", "abc");
        assert_eq!(Some(mark(keyed())), keyed().idempotency_key().expect("a valid key"));
    }

    #[test]
    fn wrong_content_types_and_sizes_are_refused() {
        assert_eq!(post().with_header("content-type", "text/plain").fields().err().map(|p| p.status()), Some(415));
        assert!(post().with_header("content-type", "Application/JSON; charset=utf-8").fields().is_ok());
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_JSON_BYTES));
        assert_eq!(Request::new("POST", "/").with_json(&large).fields().err().map(|p| p.status()), Some(413));
    }

    #[test]
    fn a_body_of_optional_members_may_be_missing() {
        assert!(Request::new("POST", "/").optional_fields().is_ok());
        assert_eq!(Request::new("POST", "/").fields().err().map(|p| p.status()), Some(400));
        assert_eq!(post().with_json("{").optional_fields().err().map(|p| p.status()), Some(400));
    }

    #[test]
    fn callers_are_checked() {
        let user_id = || -> UserId { "0190a5a0-0000-7000-8000-000000000001".parse().expect("id") };
        let stock = Permission::StockWrite;
        let outcome = |checked: Result<&Identity, Problem>| checked.map_or_else(|problem| problem.code(), |_| "ok");
        let outcomes = |request: Request| [request.user(), request.account(), request.staff(stock)].map(outcome);
        let all_of = |code| [code; 3];
        assert_eq!(outcomes(post()), all_of("token_required"));
        assert_eq!(outcomes(post().from_guest(user_id())), ["ok", "verified_account_required", "forbidden"]);
        assert_eq!(outcomes(post().from_user(user_id())), ["ok", "ok", "forbidden"]);
        assert_eq!(outcomes(post().from_staff(user_id())), all_of("ok"));
        let other = Permissions::of(&[Permission::CatalogueWrite]);
        let other = post().from_caller(user_id(), CallerKind::Shopper, other);
        assert_eq!(outcomes(other), ["ok", "ok", "forbidden"]);
        let guest = post().from_caller(user_id(), CallerKind::Guest, Permissions::of(&[stock]));
        assert_eq!(outcomes(guest), ["ok", "verified_account_required", "forbidden"]);
        let mut without_second_factor = post().from_staff(user_id());
        if let Some(identity) = &mut without_second_factor.identity {
            identity.has_second_factor = false;
        }
        assert_eq!(outcomes(without_second_factor), ["ok", "ok", "second_factor_missing"]);
    }

    #[test]
    fn the_route_decides_the_class_whatever_the_spelling_of_the_path() {
        let routed = |path: &str, route_key: &str| {
            let mut request = Request::new("HEAD", path);
            request.route = route_path(route_key).map(str::to_owned);
            request.rate_class()
        };
        assert_eq!(routed("/%70roducts", "HEAD /products"), RateClass::Search);
        assert_eq!(routed("/products", "$default"), RateClass::Search, "by the path");
        assert_eq!(event("page=2").rate_class(), RateClass::Search);
    }

    #[test]
    fn the_authorizers_response_names_the_caller() {
        let read = |members: &[(&'static str, &'static str)]| {
            let members: Vec<_> = members.to_vec();
            identity(&move |name: &str| members.iter().find(|(known, _)| *known == name).map(|(_, value)| *value))
        };
        let id = "0190a5a0-0000-7000-8000-000000000001";
        let guest = read(&[("user_id", id), ("session_id", id), ("kind", "guest")]).expect("a caller");
        assert!(guest.permissions.is_empty() && !guest.has_second_factor && guest.kind == CallerKind::Guest);
        let permissions = ("permissions", "stock:write audit:read");
        let staff =
            read(&[("user_id", id), ("session_id", id), ("kind", "shopper"), permissions, ("second_factor", "yes")]);
        let staff = staff.expect("a caller");
        assert!(staff.has_second_factor && staff.permissions.contains(Permission::AuditRead));
        assert_eq!(read(&[("user_id", id), ("kind", "shopper")]), None, "no session");
        assert_eq!(read(&[("user_id", id), ("session_id", id), ("kind", "staff")]), None, "an unknown kind");
    }

    /// API Gateway's event of a GET.
    fn event(query: &str) -> Request {
        let event = serde_json::json!({
            "version": "2.0", "routeKey": "GET /products", "rawPath": "/products", "rawQueryString": query,
            "headers": {}, "isBase64Encoded": false,
            "requestContext": {
                "accountId": "1", "apiId": "a", "domainName": "a.example", "requestId": "r", "stage": "$default",
                "http": {"method": "GET", "path": "/products", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7"},
                "time": "24/Nov/2026:07:37:00 +0000", "timeEpoch": 1_795_503_420_000_u64,
            },
        });
        let event: LambdaRequest = serde_json::from_value(event).expect("an event");
        Request::from_lambda(with_valid_query(event).into())
    }

    proptest! {
        #[test]
        fn a_key_is_stored_as_a_hash_or_refused(raw in prop::collection::vec(any::<u8>(), 0..300)) {
            let Ok(value) = http::HeaderValue::from_bytes(&raw) else { return Ok(()) };
            let mut request = post();
            request.headers.insert("idempotency-key", value);
            match request.idempotency_key() {
                Ok(key) => prop_assert_eq!(key.map(|key| (key.key.len(), key.fingerprint.len())), Some((22, 22))),
                Err(problem) => prop_assert_eq!(problem.status(), 400),
            }
        }

        #[test]
        fn parameters_survive_a_query_string(pairs in prop::collection::vec((".{1,8}", ".{0,12}"), 0..6)) {
            let mut query = form_urlencoded::Serializer::new(String::new());
            let request = event(&query.extend_pairs(&pairs).finish());
            // Those of one name come together, in their order.
            let (mut read, mut sent) = (request.query, pairs);
            read.sort_by(|a, b| a.0.cmp(&b.0));
            sent.sort_by(|a, b| a.0.cmp(&b.0));
            prop_assert_eq!(read, sent);
        }

        #[test]
        fn any_query_string_is_read(query in "([a-z]{0,3}[=&%;+]?(%[0-9a-fA-F]{2}|%.|[ -~]){0,4}){0,8}") {
            let request = event(&query);
            let mut parameters = request.query.clone();
            let mut sent: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            parameters.sort();
            sent.sort();
            prop_assert_eq!(parameters, sent);
            let mut fields = request.query();
            let read = (fields.optional_integer("a", 0..=9), fields.optional_text("b", 5));
            let status = fields.finish(read).map_err(|problem| problem.status()).err();
            prop_assert!(matches!(status, None | Some(422)), "{status:?}");
        }
    }
}
