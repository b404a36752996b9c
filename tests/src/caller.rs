//! Whoever calls the shop: anyone, a shopper, staff.

use std::fmt::Display;

use ureq::http::Request;
use ureq::http::request::Builder;

use crate::answer::Answer;
use crate::json::Json;
use crate::shop::{Product, Shop, checkout};

/// A caller, with a token or without.
#[derive(Clone)]
pub struct Caller {
    pub(crate) shop: &'static Shop,
    pub(crate) token: Option<String>,
}

/// A call in the making.
pub struct Call {
    shop: &'static Shop,
    name: String,
    request: Builder,
    body: Option<Vec<u8>>,
}

impl Caller {
    /// The same caller with another token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// Any call. `path` is what follows the API's address, query included.
    pub fn call(&self, method: &str, path: &str) -> Call {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.shop.api_url));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        Call { shop: self.shop, name: format!("{method} {path}"), request, body: None }
    }

    /// A GET.
    pub fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send()
    }

    /// A POST of JSON.
    pub fn post(&self, path: &str, body: impl Display) -> Answer {
        self.call("POST", path).json(body).send()
    }

    /// A PUT of JSON.
    pub fn put(&self, path: &str, body: impl Display) -> Answer {
        self.call("PUT", path).json(body).send()
    }

    /// A PATCH of JSON.
    pub fn patch(&self, path: &str, body: impl Display) -> Answer {
        self.call("PATCH", path).json(body).send()
    }

    /// A DELETE.
    pub fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path).send()
    }

    /// Puts units of a product into the cart.
    pub fn add(&self, product: &Product, quantity: u32) -> Json {
        let body = serde_json::json!({"product_id": product.id, "quantity": quantity});
        self.post("/cart/items", body).is(201)
    }

    /// Places what is in the cart and returns the order's id.
    pub fn place(&self) -> String {
        self.post("/orders", checkout()).is(201).text("order_id")
    }

    /// Places an order for some units of a product.
    pub fn order(&self, product: &Product, quantity: u32) -> String {
        self.add(product, quantity);
        self.place()
    }

    /// Tries to pay.
    pub fn pay(&self, order_id: &str, token: &str) -> Answer {
        self.post(&format!("/orders/{order_id}/pay"), serde_json::json!({"payment_token": token}))
    }

    /// One order as it stands.
    pub fn order_detail(&self, order_id: &str) -> Json {
        self.get(&format!("/orders/{order_id}")).is(200)
    }
}

impl Call {
    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// With a body of JSON, good or bad.
    #[must_use]
    pub fn json(self, body: impl Display) -> Self {
        self.body("application/json", body.to_string())
    }

    /// With any body.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", content_type)
    }

    /// Calls. Fails when no answer comes in time.
    pub fn send(self) -> Answer {
        let name = self.name.clone();
        self.try_send().unwrap_or_else(|error| panic!("{name} got no answer: {error}"))
    }

    /// Calls. The error says why no whole answer came.
    pub fn try_send(self) -> Result<Answer, ureq::Error> {
        let Self { shop, name, request, body } = self;
        let mut response = match body {
            Some(body) => shop.agent.run(request.body(body)?)?,
            None => shop.agent.run(request.body(())?)?,
        };
        let body = response.body_mut().read_to_string()?;
        Ok(Answer::new(name, response.status().as_u16(), response.headers().clone(), body))
    }
}
