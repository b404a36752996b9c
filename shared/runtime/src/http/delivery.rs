//! How an answer travels: not at all when the client has it already (RFC 9110, 13.1.2), and compressed when that pays.
//!
//! Only answers that anyone may keep: those are the large ones, and they hold nothing of anybody, so their compressed
//! length tells nobody a secret.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderValue;
use http::header::{CONTENT_ENCODING, VARY};
use lambda_http::{Body, Response};

use super::request::short_hash;
use super::{Reply, Request};

/// Smaller bodies fit into one packet as they are.
const PAYS_FROM_BYTES: usize = 1_400;

/// With an `ETag` if the answer may be kept; 304 without a body if the client says that it has it.
pub(super) fn revalidate(request: &Request, reply: Reply) -> Reply {
    if request.method() != "GET" || !reply.is_kept() {
        return reply;
    }
    // Weak, as the same answer travels compressed and not.
    let etag = format!("W/\"{}\"", short_hash(&[reply.body().as_bytes()]));
    let known = request.header("if-none-match").is_some_and(|sent| matches(sent, &etag));
    let reply = reply.with_header("etag", &etag).with_header("vary", "accept-encoding");
    if known { reply.without_what_is_known() } else { reply }
}

/// The weak comparison: `W/` does not count.
fn matches(sent: &str, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    sent.split(',').any(|tag| tag.trim() == "*" || opaque(tag) == opaque(etag))
}

/// As the gateway takes it.
pub(super) fn into_lambda(request: &Request, reply: &Reply) -> Response<Body> {
    let compressed = (reply.is_kept() && reply.body().len() >= PAYS_FROM_BYTES && accepts_gzip(request))
        .then(|| compress(reply.body()))
        .flatten();
    let is_compressed = compressed.is_some();
    let body = match compressed {
        Some(bytes) => Body::Binary(bytes),
        None if reply.body().is_empty() => Body::Empty,
        None => Body::Text(reply.body().to_owned()),
    };
    let mut response = Response::new(body);
    // Statuses come from our own code and are all valid.
    *response.status_mut() =
        http::StatusCode::from_u16(reply.status()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = reply.headers().clone();
    if is_compressed {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    response
}

/// `gzip`, or `*`, unless at quality 0.
fn accepts_gzip(request: &Request) -> bool {
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

/// Quickly rather than tightly: JSON shrinks to a quarter either way. None if it fails, or does not pay after all: the
/// gateway takes bytes in base64, but sends them as they are.
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

    fn etag(reply: &Reply) -> &str {
        reply.headers().get("etag").and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    #[test]
    fn an_answer_that_is_known_does_not_travel_again() {
        let first = revalidate(&get(), list().cacheable(1));
        let tag = etag(&first).to_owned();
        assert!(tag.starts_with("W/\"") && first.status() == 200);
        let strong = tag.trim_start_matches("W/");
        for sent in [tag.as_str(), strong, "*", &format!("\"other\", {tag}")] {
            let known = revalidate(&get().with_header("if-none-match", sent), list().cacheable(1));
            assert_eq!((known.status(), known.body(), etag(&known)), (304, "", tag.as_str()), "{sent}");
            assert_eq!(known.headers()["cache-control"], "public, max-age=1");
            assert!(!known.headers().contains_key("content-type"));
        }
        for sent in ["", "\"other\"", "W/\"\"", "garbage"] {
            let unknown = revalidate(&get().with_header("if-none-match", sent), list().cacheable(1));
            assert_eq!(unknown.status(), 200, "{sent}");
        }
        let other = revalidate(&get(), Reply::ok(&"another answer").revalidated());
        assert_ne!(etag(&other), tag);
    }

    #[test]
    fn what_is_not_kept_has_no_tag() {
        let sent = get().with_header("if-none-match", "*");
        assert_eq!(etag(&revalidate(&sent, list())), "");
        assert_eq!(revalidate(&sent, Reply::json(404, &"none").cacheable(1)).status(), 404);
        let posted = Request::new("POST", "/products").with_header("if-none-match", "*");
        assert_eq!(revalidate(&posted, list().cacheable(1)).status(), 200);
    }

    #[test]
    fn large_answers_are_compressed_for_those_who_accept_it() {
        let encoding = |accepted: &str, reply: &Reply| {
            let response = into_lambda(&get().with_header("accept-encoding", accepted), reply);
            let headers = response.headers();
            (headers.get("content-encoding").cloned(), response.into_body())
        };
        let large = list().cacheable(1);
        for accepted in ["gzip", "br, GZIP;q=0.5", "*", "gzip, deflate, br, zstd", "gzip;q=1.0"] {
            let (named, body) = encoding(accepted, &large);
            assert_eq!(named.as_ref().map(HeaderValue::as_bytes), Some(b"gzip".as_slice()), "{accepted}");
            let Body::Binary(bytes) = body else { panic!("bytes") };
            let mut text = String::new();
            flate2::read::GzDecoder::new(&*bytes).read_to_string(&mut text).expect("gzip");
            assert_eq!(text, large.body());
            assert!(bytes.len() * 4 < text.len());
        }
        for accepted in ["", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "identity"] {
            assert_eq!(encoding(accepted, &large).0, None, "{accepted}");
        }
        assert_eq!(encoding("gzip", &list()).0, None, "not to be kept, perhaps somebody's");
        assert_eq!(encoding("gzip", &Reply::ok(&"small").cacheable(1)).0, None);
    }
}
