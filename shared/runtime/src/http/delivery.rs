//! Conditional responses (RFC 9110, 13.1.2) and compression.
//!
//! Both apply to publicly cacheable responses only. Those are the large ones, and they have no private data, so their
//! compressed length reveals no secret.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{
    CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, StatusCode};
use lambda_http::{Body, Response};

use super::request::short_hash;
use super::{Reply, Request};
use crate::stage::{STAGE_HEADER, Stage};

/// Smaller bodies fit into one packet uncompressed.
const MIN_COMPRESSED_BYTES: usize = 1_400;

/// For browsers: TLS for a year, the stated media type as it is, no page that shows a response in a frame, and no
/// address of a response (which may have an order's id) in a request to another site.
const SECURITY_HEADERS: [(HeaderName, &str); 4] = [
    (STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (REFERRER_POLICY, "no-referrer"),
];

/// Adds an `ETag` to a cacheable reply, and compresses it if the client accepts that.
pub(super) fn prepared(request: &Request, mut reply: Reply) -> Reply {
    if request.method() != "GET" || !reply.is_cacheable() {
        return reply;
    }
    // Weak, because the compressed and the plain response share it.
    let etag = format!("W/\"{}\"", short_hash(&[reply.body().as_bytes()]));
    if accepts_gzip(request) && reply.body().len() >= MIN_COMPRESSED_BYTES {
        reply.gzip = compress(reply.body());
    }
    reply.with_header("etag", &etag).with_header("vary", "accept-encoding")
}

/// The response for API Gateway: 304 without a body if the client has it already, and no body for HEAD.
pub(super) fn into_lambda(request: &Request, reply: &Reply) -> Response<Body> {
    let mut headers = reply.headers().clone();
    let is_known = headers.get(ETAG).and_then(|etag| etag.to_str().ok()).is_some_and(|etag| is_known(request, etag));
    let (status, body) = if is_known {
        headers.remove(CONTENT_TYPE);
        (StatusCode::NOT_MODIFIED, Body::Empty)
    } else if let Some(compressed) = &reply.gzip {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        (StatusCode::OK, Body::Binary(compressed.clone()))
    } else {
        let body = if reply.body().is_empty() { Body::Empty } else { Body::Text(reply.body().to_owned()) };
        // Statuses come from our own code and are all valid.
        (StatusCode::from_u16(reply.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body)
    };
    // The gateway states the length.
    let mut response = Response::new(if request.is_head() { Body::Empty } else { body });
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Names a stage that does not sell for money, so that nobody mistakes it for a shop.
pub(super) fn add_stage(response: &mut Response<Body>, stage: Stage) {
    if let Some(value) = stage.header_value() {
        response.headers_mut().insert(STAGE_HEADER, HeaderValue::from_static(value));
    }
}

/// The weak comparison (RFC 9110, 8.8.3.2): `W/` does not count.
fn is_known(request: &Request, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let known = |sent: &str| sent.split(',').any(|tag| tag.trim() == "*" || opaque(tag) == opaque(etag));
    request.header("if-none-match").is_some_and(known)
}

/// `gzip`, or `*`, unless at quality 0.
pub(super) fn accepts_gzip(request: &Request) -> bool {
    let Some(sent) = request.header("accept-encoding") else { return false };
    let quality_of = |wanted: &str| {
        let coding = sent.split(',').map(|coding| coding.split(';').map(str::trim).collect::<Vec<_>>());
        let parameters = coding.into_iter().find(|parts| parts[0].eq_ignore_ascii_case(wanted))?;
        let refused = parameters[1..].iter().filter_map(|p| p.split_once('=')).any(|(name, value)| {
            name.trim().eq_ignore_ascii_case("q") && value.trim().trim_end_matches(['0', '.']).is_empty()
        });
        Some(!refused)
    };
    quality_of("gzip").or_else(|| quality_of("*")).unwrap_or(false)
}

/// Compresses quickly rather than tightly: JSON shrinks to a quarter either way. None if it fails or does not help.
fn compress(body: &str) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::fast());
    encoder.write_all(body.as_bytes()).ok()?;
    encoder.finish().ok().filter(|compressed| compressed.len() < body.len())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn get() -> Request {
        Request::new("GET", "/products")
    }

    fn list() -> Reply {
        Reply::ok(&vec!["a product"; 500])
    }

    /// Status, entity tag, body.
    fn delivered(request: &Request, reply: Reply) -> (u16, String, Response<Body>) {
        let response = into_lambda(request, &prepared(request, reply));
        let etag = response.headers().get(ETAG).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        (response.status().as_u16(), etag, response)
    }

    #[test]
    fn a_known_response_is_not_sent_again() {
        let (status, tag, _) = delivered(&get(), list().cacheable(1));
        assert!(tag.starts_with("W/\"") && status == 200);
        let strong = tag.trim_start_matches("W/");
        for sent in [tag.as_str(), strong, "*", &format!("\"other\", {tag}")] {
            for accepted in ["gzip", ""] {
                let request = get().with_header("if-none-match", sent).with_header("accept-encoding", accepted);
                let (status, known, response) = delivered(&request, list().cacheable(1));
                assert_eq!((status, known.as_str()), (304, tag.as_str()), "{sent}");
                assert!(matches!(response.body(), Body::Empty));
                assert_eq!(response.headers()["cache-control"], "public, max-age=1");
                assert!(!response.headers().contains_key("content-type"));
                assert!(!response.headers().contains_key("content-encoding"));
            }
        }
        for sent in ["", "\"other\"", "W/\"\"", "garbage"] {
            let (status, ..) = delivered(&get().with_header("if-none-match", sent), list().cacheable(1));
            assert_eq!(status, 200, "{sent}");
        }
        let (_, other, _) = delivered(&get(), Reply::ok(&"another answer").revalidated());
        assert_ne!(other, tag);
    }

    #[test]
    fn uncacheable_responses_have_no_etag() {
        let sent = || get().with_header("if-none-match", "*");
        assert_eq!(delivered(&sent(), list()).1, "");
        assert_eq!(delivered(&sent(), Reply::json(404, &"none").cacheable(1)).0, 404);
        let posted = Request::new("POST", "/products").with_header("if-none-match", "*");
        assert_eq!(delivered(&posted, list().cacheable(1)).0, 200);
    }

    #[test]
    fn large_responses_are_compressed_for_clients_that_accept_it() {
        let encoding = |accepted: &str, reply: Reply| {
            let (_, _, response) = delivered(&get().with_header("accept-encoding", accepted), reply);
            (response.headers().get("content-encoding").cloned(), response.into_body())
        };
        let large = || list().cacheable(1);
        for accepted in ["gzip", "br, GZIP;q=0.5", "*", "gzip, deflate, br, zstd", "gzip;q=1.0"] {
            let (named, body) = encoding(accepted, large());
            assert_eq!(named.as_ref().map(HeaderValue::as_bytes), Some(b"gzip".as_slice()), "{accepted}");
            let Body::Binary(bytes) = body else { panic!("bytes") };
            let mut text = String::new();
            flate2::read::GzDecoder::new(&*bytes).read_to_string(&mut text).expect("gzip");
            assert_eq!(text, large().body());
            assert!(bytes.len() * 4 < text.len());
        }
        for accepted in ["", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "identity"] {
            assert_eq!(encoding(accepted, large()).0, None, "{accepted}");
        }
        assert_eq!(encoding("gzip", list()).0, None, "not to be kept, perhaps somebody's");
        assert_eq!(encoding("gzip", Reply::ok(&"small").cacheable(1)).0, None);
    }
}
