//! AWS's JSON protocol, as far as fakes that answer the SDK in this process need it.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;

/// The operation that a request calls: `PutItem`.
pub fn operation(request: &HttpRequest) -> &str {
    request.headers().get("x-amz-target").and_then(|target| target.rsplit('.').next()).unwrap_or_default()
}

/// A response with a JSON body.
pub fn json_response(status: u16, body: impl Into<SdkBody>) -> HttpResponse {
    let mut response = response(status, body);
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}

/// A response with any body.
pub(crate) fn response(status: u16, body: impl Into<SdkBody>) -> HttpResponse {
    let status = http::StatusCode::from_u16(status).expect("a status").into();
    HttpResponse::new(status, body.into())
}
