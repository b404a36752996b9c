//! `GET /openapi.json`: the description of the HTTP API, as it was when this function was built.

use std::collections::BTreeMap;
use std::time::Duration;

use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

/// docs/openapi.yaml as JSON; see build.rs.
const DOCUMENT: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.json"));
/// For how long anyone may keep it. It changes with a deployment.
const CACHE_SECONDS: u32 = 300;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("get-openapi", "GET /openapi.json", Caller::Anyone, Tag::Contract)
        .summary("Describes this API")
        .description("This document, in OpenAPI 3.1.")
        .answers_cacheable::<BTreeMap<String, serde_json::Value>>("The document.")
}

/// Serves the document.
pub struct GetOpenapi;

impl GetOpenapi {
    /// It needs no configuration.
    pub fn from_dependencies(_: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self)
    }
}

impl Endpoint for GetOpenapi {
    async fn handle(&self, _: &Request) -> Result<Reply, Problem> {
        // Otherwise each request would hash and compress the whole document.
        let reusable_for = Duration::from_secs(CACHE_SECONDS.into());
        Ok(Reply::json_text(200, DOCUMENT.to_owned()).cacheable(CACHE_SECONDS).reusable_for(reusable_for))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_document_is_openapi_and_describes_its_own_operation() {
        let reply = GetOpenapi.handle(&Request::new("GET", "/openapi.json")).await.expect("served");
        let document = reply.body_json();
        assert_eq!((reply.status(), document["openapi"].as_str()), (200, Some("3.1.0")));
        assert_eq!(document["paths"]["/openapi.json"]["get"]["operationId"], "getOpenapi");
        let cache_control = reply.headers().get("cache-control").map(http::HeaderValue::as_bytes);
        assert_eq!(cache_control, Some(b"public, max-age=300".as_slice()));
    }
}
