//! Callers of the shop: a visitor without a token, a shopper, a staff user.

use std::fmt::Display;
use std::hash::{BuildHasher as _, RandomState};

use ureq::Agent;
use ureq::http::Request;

use crate::bodies::checkout;
use crate::contract::{self, Sent};
use crate::json::Json;
use crate::product::Product;
use crate::response::Response;
use crate::retry;
use crate::text::unique_word;
use crate::wait::{self, SOON_SECONDS, eventually};

/// A refresh token is valid once.
const VALID_ONCE: &str = "/auth/refresh";

/// The shop's HTTP API.
pub(crate) struct Api {
    /// Its address, without a slash at the end.
    pub(crate) url: String,
    pub(crate) agent: Agent,
}

/// A caller, with a token or without.
#[derive(Clone)]
pub struct Caller {
    api: &'static Api,
    token: Option<String>,
    /// The network address, as the local API understands it. A shop behind API Gateway sees the real one.
    address: String,
}

/// A request that is not sent yet.
pub struct Call {
    api: &'static Api,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    is_declared: bool,
}

impl Caller {
    /// A caller without a token, from a random address: limits for an address are for one client, not for all tests.
    pub(crate) fn new(api: &'static Api) -> Self {
        let [_, bytes @ ..] = RandomState::new().hash_one("an address").to_be_bytes();
        let address = format!("10.{}.{}.{}", bytes[0], bytes[1], bytes[2]);
        Self { api, token: None, address }
    }

    /// The same caller with another token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// Any call. `path` is what follows the API's address, query included.
    pub fn call(&self, method: &str, path: &str) -> Call {
        let mut headers = vec![("x-forwarded-for".to_owned(), self.address.clone())];
        headers.extend(self.token.as_ref().map(|token| ("authorization".to_owned(), format!("Bearer {token}"))));
        Call { api: self.api, method: method.to_owned(), path: path.to_owned(), headers, body: None, is_declared: true }
    }

    /// A GET.
    pub fn get(&self, path: &str) -> Response {
        self.call("GET", path).send()
    }

    /// A POST of JSON.
    pub fn post(&self, path: &str, body: impl Display) -> Response {
        self.call("POST", path).json(body).send()
    }

    /// A POST of JSON with an `Idempotency-Key` of its own, so that it can be sent again after a 503.
    pub fn post_with_key(&self, path: &str, body: impl Display) -> Response {
        self.call("POST", path).header("idempotency-key", &unique_word()).json(body).send()
    }

    /// A PUT of JSON.
    pub fn put(&self, path: &str, body: impl Display) -> Response {
        self.call("PUT", path).json(body).send()
    }

    /// A PATCH of JSON.
    pub fn patch(&self, path: &str, body: impl Display) -> Response {
        self.call("PATCH", path).json(body).send()
    }

    /// A DELETE.
    pub fn delete(&self, path: &str) -> Response {
        self.call("DELETE", path).send()
    }

    /// Puts units of a product into the cart.
    pub fn add(&self, product: &Product, quantity: u32) -> Json {
        let body = serde_json::json!({"product_id": product.id, "quantity": quantity});
        self.post_with_key("/cart/items", body).is(201)
    }

    /// Tries to place an order from the cart.
    pub fn try_place(&self) -> Response {
        self.post_with_key("/orders", checkout())
    }

    /// Places an order from the cart and returns its id.
    pub fn place(&self) -> String {
        self.try_place().is(201).text("order_id")
    }

    /// Places an order for some units of a product.
    pub fn order(&self, product: &Product, quantity: u32) -> String {
        self.add(product, quantity);
        self.place()
    }

    /// Tries to pay.
    pub fn pay(&self, order_id: &str, token: &str) -> Response {
        self.post_with_key(&format!("/orders/{order_id}/pay"), serde_json::json!({"payment_token": token}))
    }

    /// One order in its current state.
    pub fn order_detail(&self, order_id: &str) -> Json {
        self.get(&format!("/orders/{order_id}")).is(200)
    }
}

impl Call {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets a JSON body, valid or not.
    #[must_use]
    pub fn json(self, body: impl Display) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sets any body.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", content_type)
    }

    /// Marks a request with members or parameters that docs/openapi.yaml does not name: the shop ignores them.
    #[must_use]
    pub fn undeclared(self) -> Self {
        Self { is_declared: false, ..self }
    }

    /// Sends the request; sends it again, a bounded number of times, when the shop answers 503 with `Retry-After` or the
    /// emulator ended the function, unless it might take effect twice. Fails if there is no response in time.
    pub fn send(&self) -> Response {
        self.send_counted().0
    }

    /// The same; also returns how often the request was sent.
    pub fn send_counted(&self) -> (Response, u32) {
        if self.may_be_repeated() { retry::until_served(|| self.send_once()) } else { (self.send_once(), 1) }
    }

    /// Sends the request once. Fails if there is no response in time.
    pub fn send_once(&self) -> Response {
        let response = self.try_send().unwrap_or_else(|error| panic!("{} got no answer: {error}", self.name()));
        if !wait::expects_limits() {
            return response;
        }
        let of_gateway = response.status >= 400 && response.header("content-type").starts_with("application/json");
        let is_limited = !response.header("ratelimit-policy").is_empty();
        assert!(is_limited || of_gateway || !wait::fails_fast(), "{response} was not limited");
        response
    }

    /// Sends the request until there is a complete response other than 502, 503 and 504. After a load that killed many
    /// functions, the local gateway answers 502 itself when one does not answer in time.
    pub fn send_until_answered(&self) -> Response {
        eventually(SOON_SECONDS, &format!("{} is answered", self.name()), || {
            let response = self.exchange().ok().filter(|response| !matches!(response.status, 502..=504))?;
            self.check(&response);
            Some(response)
        })
    }

    /// Sends the request once. The error states why there is no complete response.
    pub fn try_send(&self) -> Result<Response, ureq::Error> {
        let response = self.exchange()?;
        self.check(&response);
        Ok(response)
    }

    fn exchange(&self) -> Result<Response, ureq::Error> {
        let uri = format!("{}{}", self.api.url, self.path);
        let mut request = Request::builder().method(self.method.as_str()).uri(uri);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut response = match &self.body {
            Some(body) => self.api.agent.run(request.body(body.clone())?)?,
            None => self.api.agent.run(request.body(())?)?,
        };
        let body = response.body_mut().read_to_string()?;
        Ok(Response::new(self.name(), response.status().as_u16(), response.headers().clone(), body))
    }

    fn check(&self, response: &Response) {
        let sent =
            Sent { method: &self.method, path: &self.path, body: self.body.as_deref(), is_declared: self.is_declared };
        contract::check(&sent, response);
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether it takes effect once, however often it is sent.
    fn may_be_repeated(&self) -> bool {
        self.method != "POST"
            || self.headers.iter().any(|(name, _)| name == "idempotency-key")
            || (self.path != VALID_ONCE && !contract::takes_key(&self.method, &self.path))
    }
}
