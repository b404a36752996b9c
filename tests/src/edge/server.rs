//! The server of the edge: one request for each connection.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ureq::http::Request;

use super::Origin;
use super::cache::{Cache, Stored};
use super::distribution::{Behavior, Distribution, VIEWER_HEADER};

/// Longest wait for a part of a request.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest body that it takes.
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;
/// What the API sees as the address of the connection: the edge's.
const EDGE_ADDRESS: &str = "198.51.100.10";
/// Stands for the address of the client's connection.
const CLIENT_ADDRESS: &str = "x-forwarded-for";
/// Headers of one connection, which are not forwarded, and those that the edge or the HTTP client writes itself.
const NOT_FORWARDED: [&str; 6] =
    ["host", "connection", "content-length", "transfer-encoding", CLIENT_ADDRESS, VIEWER_HEADER];

pub(super) struct Server {
    pub(super) distribution: Distribution,
    pub(super) origin: Origin,
    pub(super) cache: Cache,
}

/// A request of a client.
#[derive(Debug, Default)]
struct ViewerRequest {
    method: String,
    path: String,
    query: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Server {
    pub(super) fn serve(self: &Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming().flatten() {
            let server = Arc::clone(self);
            thread::spawn(move || {
                // A client that went away needs no answer.
                let _ = server.answer(&stream);
            });
        }
    }

    fn answer(&self, mut stream: &TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(READ_TIMEOUT))?;
        let Some(request) = ViewerRequest::read(stream)? else { return Ok(()) };
        let behavior = self.distribution.behavior(&request.path);
        let (source, response) = if behavior.methods.contains(&request.method) {
            self.respond(&request, behavior)
        } else {
            ("Error from cloudfront".to_owned(), empty(403))
        };
        let mut head = format!("HTTP/1.1 {} Status\r\n", response.status);
        for (name, value) in response.headers.iter().filter(|(name, _)| !NOT_FORWARDED.contains(&name.as_str())) {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ =
            write!(head, "content-length: {}\r\nconnection: close\r\nx-cache: {source}\r\n\r\n", response.body.len());
        stream.write_all(head.as_bytes())?;
        if request.method != "HEAD" {
            stream.write_all(&response.body)?;
        }
        stream.flush()
    }

    /// The value of `x-cache`, and the response.
    fn respond(&self, request: &ViewerRequest, behavior: &Behavior) -> (String, Stored) {
        let key = (request.method == "GET").then(|| request.key(behavior));
        if let Some((age, mut response)) = key.as_ref().and_then(|key| self.cache.get(key)) {
            response.headers.push(("age".to_owned(), age.to_string()));
            let known = request.header("if-none-match");
            let is_known = known.is_some_and(|known| known == response.header("etag"));
            let response = if is_known { Stored { status: 304, body: Vec::new(), ..response } } else { response };
            return ("Hit from cloudfront".to_owned(), response);
        }
        let response = self.forward(request, behavior).unwrap_or_else(|_| empty(502));
        if let Some(key) = key {
            let seconds = match response.status {
                400.. => self.distribution.error_seconds(response.status),
                _ => response.seconds(&behavior.cache),
            };
            if seconds > 0 {
                self.cache.insert(key, seconds, response.clone());
            }
        }
        ("Miss from cloudfront".to_owned(), response)
    }

    fn forward(&self, request: &ViewerRequest, behavior: &Behavior) -> Result<Stored, ureq::Error> {
        let has_query = !request.query.is_empty() && (behavior.forwards_all || behavior.cache.has_query);
        let query = if has_query { format!("?{}", request.query) } else { String::new() };
        let uri = format!("{}{}{query}", self.origin.url, request.path);
        let mut forwarded = Request::builder().method(request.method.as_str()).uri(uri);
        for (name, value) in request.forwarded_headers(behavior, &self.distribution.origin_headers) {
            forwarded = forwarded.header(name, value);
        }
        let mut response = if request.body.is_empty() {
            self.origin.agent.run(forwarded.body(())?)?
        } else {
            self.origin.agent.run(forwarded.body(request.body.clone())?)?
        };
        let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        Ok(Stored { status: response.status().as_u16(), headers, body: response.body_mut().read_to_vec()? })
    }
}

impl ViewerRequest {
    /// None if the client sent nothing.
    fn read(stream: &TcpStream) -> std::io::Result<Option<Self>> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut words = line.split_whitespace();
        let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (method, path, query) = (method.to_owned(), path.to_owned(), query.to_owned());
        let mut request = Self { method, path, query, ..Self::default() };
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            request.headers.push((name.to_lowercase(), value.trim().to_owned()));
        }
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        if length > MAX_BODY_BYTES {
            return Ok(None);
        }
        request.body = vec![0; length];
        reader.read_exact(&mut request.body)?;
        Ok(Some(request))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What identifies its response in the cache.
    fn key(&self, behavior: &Behavior) -> String {
        let query = if behavior.cache.has_query { self.query.as_str() } else { "" };
        let headers: Vec<_> = behavior.cache.headers.iter().map(|name| self.header(name).unwrap_or_default()).collect();
        let is_gzip = self.accepts_gzip();
        format!("{}?{query} {headers:?} {is_gzip}", self.path)
    }

    fn accepts_gzip(&self) -> bool {
        self.header("accept-encoding").is_some_and(|accepted| accepted.contains("gzip"))
    }

    /// The headers for the API: what the policies forward, then what CloudFront adds. It replaces what the client sent
    /// under the same names.
    fn forwarded_headers(&self, behavior: &Behavior, added: &[(String, String)]) -> Vec<(String, String)> {
        let is_added = |name: &str| added.iter().any(|(known, _)| known == name);
        let is_forwarded = |name: &str| {
            let mut named = behavior.cache.headers.iter().chain(&behavior.forwarded);
            let is_wanted = behavior.forwards_all || named.any(|known| known == name);
            is_wanted && !is_added(name) && !NOT_FORWARDED.contains(&name)
        };
        let mut headers: Vec<_> = self.headers.iter().filter(|(name, _)| is_forwarded(name)).cloned().collect();
        if !behavior.forwards_all && self.accepts_gzip() {
            headers.push(("accept-encoding".to_owned(), "gzip".to_owned()));
        }
        let viewer = self.header(CLIENT_ADDRESS).unwrap_or("127.0.0.1");
        headers.push((VIEWER_HEADER.to_owned(), format!("{viewer}:46532")));
        headers.push((CLIENT_ADDRESS.to_owned(), EDGE_ADDRESS.to_owned()));
        headers.extend(added.iter().cloned());
        headers
    }
}

fn empty(status: u16) -> Stored {
    Stored { status, headers: Vec::new(), body: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_cannot_set_what_the_edge_adds() {
        let distribution = Distribution::of_template(&[("EdgeSecret", "secret")]);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let sent = [("x-souk-origin", "forged"), (VIEWER_HEADER, "192.0.2.1:1"), (CLIENT_ADDRESS, "203.0.113.7")];
        let mut headers: Vec<_> = sent.iter().map(|(name, value)| pair(name, value)).collect();
        headers.extend([
            pair("authorization", "Bearer a"),
            pair("cookie", "b"),
            pair("origin", "https://shop.example"),
        ]);
        let request = ViewerRequest { headers, ..ViewerRequest::default() };
        let added = [
            pair(VIEWER_HEADER, "203.0.113.7:46532"),
            pair(CLIENT_ADDRESS, EDGE_ADDRESS),
            pair("x-souk-origin", "secret"),
        ];
        let forwarded = |path| request.forwarded_headers(distribution.behavior(path), &distribution.origin_headers);
        let (token, cookie, origin) =
            (pair("authorization", "Bearer a"), pair("cookie", "b"), pair("origin", "https://shop.example"));
        assert_eq!(forwarded("/cart"), [vec![token, cookie, origin.clone()], added.to_vec()].concat());
        assert_eq!(forwarded("/products"), [vec![origin], added.to_vec()].concat(), "no token on a cached path");
    }
}
