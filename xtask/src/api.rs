//! A client of the shop's HTTP API.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::config::Config;

use crate::interrupt;

/// The longest time that API Gateway allows for a call.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// Attempts for a call that gets a 503, a second apart: a slow machine may need that long to start functions.
const ATTEMPTS: u32 = 30;

/// An HTTP client for this machine. No status is an error, and no proxy is used.
pub(crate) fn agent(timeout: Duration) -> Agent {
    Config::builder().http_status_as_error(false).timeout_global(Some(timeout)).proxy(None).build().into()
}

/// An HTTP client for a shop anywhere, through the user's proxy if one is set.
pub(crate) fn agent_for(url: &str, timeout: Duration) -> Result<Agent> {
    if ["http://127.0.0.1", "http://localhost"].iter().any(|local| url.starts_with(local)) {
        return Ok(agent(timeout));
    }
    if url.starts_with("https://") && cfg!(not(feature = "tls")) {
        bail!("HTTPS is not compiled in by default: use `cargo run --package xtask --features tls -- import …`");
    }
    Ok(Config::builder().http_status_as_error(false).timeout_global(Some(timeout)).build().into())
}

/// A response: its status and its body, which is `null` if it is not JSON.
pub(crate) struct Response {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: Value,
}

impl Response {
    /// `422 invalid_fields: …`, for an error message.
    pub(crate) fn problem(&self) -> String {
        let text = |field: &str| self.body.get(field).and_then(Value::as_str).unwrap_or_default();
        format!("{} {} {}", self.status, text("code"), text("detail")).trim_end().to_owned()
    }
}

/// The fields of the response of `POST /auth/login` that are used here.
#[derive(Deserialize)]
pub(crate) struct Session {
    /// The bearer token.
    pub(crate) token: String,
    /// Gets the next token.
    pub(crate) refresh_token: String,
    /// How long the token is valid, in seconds.
    pub(crate) expires_in: u64,
}

/// A shop's API.
#[derive(Clone)]
pub(crate) struct Api {
    url: String,
    agent: Agent,
}

impl Api {
    /// A client for the `api_url` of `stack.json`.
    pub(crate) fn new(url: &str) -> Result<Self> {
        let url = url.trim_end_matches('/').to_owned();
        let agent = agent_for(&url, CALL_TIMEOUT)?;
        Ok(Self { url, agent })
    }

    /// Its address, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Starts the session of a guest.
    pub(crate) fn guest(&self) -> Result<Session> {
        let response = retry_while_unavailable(|| self.post("/auth/guest", &json!({}), None))?;
        session_of(response, 201)
    }

    /// Registers an account.
    pub(crate) fn register(&self, email: &str, password: &str) -> Result<Response> {
        let body = json!({ "email": email, "password": password });
        retry_while_unavailable(|| self.post("/auth/register", &body, None))
    }

    /// Logs in, with a code of the second factor if the account has one.
    pub(crate) fn login(&self, email: &str, password: &str, code: Option<&str>) -> Result<Response> {
        let mut body = json!({ "email": email, "password": password });
        if let Some(code) = code {
            body["code"] = code.into();
        }
        retry_while_unavailable(|| self.post("/auth/login", &body, None))
    }

    /// Logs in and returns the session.
    pub(crate) fn session(&self, email: &str, password: &str, code: Option<&str>) -> Result<Session> {
        session_of(self.login(email, password, code)?, 200).with_context(|| format!("{email} cannot log in"))
    }

    /// The next tokens of a session.
    pub(crate) fn refresh(&self, session: &Session) -> Result<Session> {
        let body = json!({ "refresh_token": session.refresh_token });
        session_of(retry_while_unavailable(|| self.post("/auth/refresh", &body, None))?, 200)
    }

    /// The number of products in the search index.
    pub(crate) fn product_count(&self) -> Result<u64> {
        let response = retry_while_unavailable(|| self.get("/products?limit=1", None))?;
        if response.status != 200 {
            bail!("GET /products: {}", response.problem());
        }
        response.body.get("total").and_then(Value::as_u64).context("the response of GET /products has no total")
    }

    /// Sends lines to `POST /admin/imports`. Also returns `Retry-After` in seconds. An error means that there was no
    /// response.
    pub(crate) fn import(&self, token: &str, lines: &[u8]) -> Result<(Response, Option<u64>)> {
        let url = format!("{}/admin/imports", self.url);
        let request = self.agent.post(&url).header("content-type", "application/x-ndjson");
        let response = request.header("authorization", format!("Bearer {token}")).send(lines)?;
        let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        Ok((read(response)?, retry_after))
    }

    /// A GET, with a token or without.
    pub(crate) fn get(&self, path: &str, token: Option<&str>) -> Result<Response> {
        let url = format!("{}{path}", self.url);
        let mut request = self.agent.get(&url);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        read(request.call().with_context(|| format!("GET {url}"))?)
    }

    /// A POST of JSON, with a token or without.
    pub(crate) fn post(&self, path: &str, body: &Value, token: Option<&str>) -> Result<Response> {
        let url = format!("{}{path}", self.url);
        let mut request = self.agent.post(&url).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        read(request.send(body.to_string()).with_context(|| format!("POST {url}"))?)
    }
}

fn session_of(response: Response, status: u16) -> Result<Session> {
    if response.status != status {
        bail!("{}", response.problem());
    }
    serde_json::from_value(response.body).context("the response has no tokens")
}

/// Retries while the response is a 503, up to a limit.
fn retry_while_unavailable(send: impl Fn() -> Result<Response>) -> Result<Response> {
    for _ in 1..ATTEMPTS {
        let response = send()?;
        if response.status != 503 {
            return Ok(response);
        }
        interrupt::sleep_millis(1_000)?;
    }
    send()
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> Result<Response> {
    let text = response.body_mut().read_to_string().context("the response was cut off")?;
    let body = serde_json::from_str(&text).unwrap_or_default();
    Ok(Response { status: response.status().as_u16(), body })
}
