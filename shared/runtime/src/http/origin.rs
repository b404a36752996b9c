//! The origin secret: how a function recognises that a request came through the edge (docs/edge.md).
//!
//! CloudFront adds the secret to each request that it forwards, in place of what a client sent under that name. Only such
//! a request has a reliable address of the client.

use std::net::IpAddr;

use sha2::{Digest, Sha256};

use super::{Problem, Request};
use crate::config::{Config, ConfigError};

/// The header with the secret, as template.yaml names it.
const SECRET_HEADER: &str = "x-souk-origin";
/// The client's address and port, from CloudFront.
const VIEWER_HEADER: &str = "cloudfront-viewer-address";
/// The accepted secrets: the one that the edge sends and, during a rotation, another. Empty without an edge.
const VARIABLE: &str = "ORIGIN_SECRETS";
/// As many characters as the template asks for.
const MIN_CHARS: usize = 32;

/// The accepted secrets. Without any, the shop has no edge.
#[derive(Debug, Default)]
pub(super) struct OriginSecrets {
    /// Hashes of the secrets: the time of a comparison of hashes discloses nothing about a secret.
    accepted: Vec<[u8; 32]>,
}

impl OriginSecrets {
    /// Reads the accepted secrets, separated by commas.
    pub(super) fn from_config(config: &Config) -> Result<Self, ConfigError> {
        let secrets = config.optional(VARIABLE).unwrap_or_default().split(',').filter(|secret| !secret.is_empty());
        let mut accepted = Vec::new();
        for secret in secrets {
            if secret.len() < MIN_CHARS {
                let reason = format!("each secret must have at least {MIN_CHARS} characters");
                return Err(ConfigError::Invalid { name: VARIABLE, reason });
            }
            accepted.push(hash(secret.as_bytes()));
        }
        Ok(Self { accepted })
    }

    /// The request with the address of its client, if it came through the edge. Otherwise it is marked as one that did
    /// not.
    pub(super) fn checked(&self, mut request: Request) -> Request {
        if self.accepted.is_empty() {
            return request;
        }
        // Removed, so that no later code can log or return the secret.
        let sent = request.headers.remove(SECRET_HEADER).map(|secret| hash(secret.as_bytes()));
        if sent.is_some_and(|sent| self.accepted.contains(&sent)) {
            if let Some(address) = request.header(VIEWER_HEADER).and_then(viewer_address) {
                request.source_address = address.to_string();
            }
        } else {
            request.bypassed_edge = true;
        }
        request
    }
}

/// The answer to a request that did not come through the edge.
pub(super) fn refusal() -> Problem {
    Problem::new(403, "direct_access_refused", "the shop has another address; this one is for its edge only")
}

fn hash(secret: &[u8]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// The address of `203.0.113.7:46532`, and of an IPv6 address with a port, in brackets or not.
fn viewer_address(viewer: &str) -> Option<IpAddr> {
    let (address, port) = viewer.rsplit_once(':')?;
    port.parse::<u16>().ok()?;
    address.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CURRENT: &str = "current-secret-of-32-characters-0";
    const OTHER: &str = "another-secret-of-32-characters-1";

    fn origin(secrets: &str) -> OriginSecrets {
        OriginSecrets::from_config(&Config::from([(VARIABLE, secrets)])).expect("valid secrets")
    }

    /// Whether the request bypassed the edge, and the address of its client.
    fn seen(origin: &OriginSecrets, secret: Option<&str>, viewer: Option<&str>) -> (bool, String) {
        let mut request = Request::new("GET", "/");
        if let Some(secret) = secret {
            request = request.with_header(SECRET_HEADER, secret);
        }
        if let Some(viewer) = viewer {
            request = request.with_header(VIEWER_HEADER, viewer);
        }
        let request = origin.checked(request.with_header("x-forwarded-for", "198.51.100.1"));
        (request.bypassed_edge, request.source_address().to_owned())
    }

    #[test]
    fn the_edge_states_the_address_of_the_client() {
        let origin = origin(CURRENT);
        for (viewer, address) in [
            ("203.0.113.7:46532", "203.0.113.7"),
            ("2001:db8::7:46532", "2001:db8::7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("2001:0db8:0000:0000:0000:0000:0000:0007:443", "2001:db8::7"),
        ] {
            assert_eq!(seen(&origin, Some(CURRENT), Some(viewer)), (false, address.to_owned()), "{viewer}");
        }
        for unreadable in ["", "203.0.113.7", "203.0.113.7:", "203.0.113.7:x", "a.example:443", "203.0.113.7:443, b:1"]
        {
            let seen = seen(&origin, Some(CURRENT), Some(unreadable));
            assert_eq!(seen, (false, "127.0.0.1".to_owned()), "{unreadable}");
        }
        assert_eq!(seen(&origin, Some(CURRENT), None), (false, "127.0.0.1".to_owned()));
    }

    #[test]
    fn a_client_cannot_pretend_to_be_the_edge() {
        let origin = origin(CURRENT);
        let forged = Some("203.0.113.7:443");
        for secret in
            [None, Some(""), Some("x"), Some(OTHER), Some(&CURRENT[1..]), Some("current-secret-of-32-characters-0,")]
        {
            assert_eq!(seen(&origin, secret, forged), (true, "127.0.0.1".to_owned()), "{secret:?}");
        }
    }

    #[test]
    fn without_an_edge_the_headers_mean_nothing() {
        for secret in [None, Some(CURRENT)] {
            let seen = seen(&origin(""), secret, Some("203.0.113.7:443"));
            assert_eq!(seen, (false, "127.0.0.1".to_owned()));
        }
        assert!(OriginSecrets::from_config(&Config::default()).expect("no edge").accepted.is_empty());
    }

    #[test]
    fn two_secrets_are_accepted_during_a_rotation() {
        let rotating = origin(&format!("{CURRENT},{OTHER}"));
        let is_refused = |origin: &OriginSecrets, secret| seen(origin, Some(secret), None).0;
        assert!(!is_refused(&rotating, CURRENT) && !is_refused(&rotating, OTHER));
        let after = origin(&format!("{OTHER},"));
        assert!(is_refused(&after, CURRENT) && !is_refused(&after, OTHER));
    }

    #[test]
    fn a_short_secret_stops_the_function() {
        let error =
            OriginSecrets::from_config(&Config::from([(VARIABLE, "guess")])).expect_err("too short").to_string();
        assert!(error.contains(VARIABLE) && !error.contains("guess"), "{error}");
    }
}
