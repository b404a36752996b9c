//! Responses that the edge keeps.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::distribution::CachePolicy;

/// Most responses. A full cache is emptied.
const MAX_RESPONSES: usize = 1_000;

/// A response of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// Responses by their keys, with the time of their storing and of their end.
#[derive(Default)]
pub(super) struct Cache {
    responses: Mutex<HashMap<String, (Instant, Instant, Stored)>>,
}

impl Cache {
    /// A response that is not too old, and its age in seconds.
    pub(super) fn get(&self, key: &str) -> Option<(u64, Stored)> {
        let responses = self.responses.lock().unwrap_or_else(PoisonError::into_inner);
        let (stored, ends, response) = responses.get(key)?;
        (Instant::now() < *ends).then(|| (stored.elapsed().as_secs(), response.clone()))
    }

    /// Keeps a response for some seconds.
    pub(super) fn insert(&self, key: String, seconds: u64, response: Stored) {
        let mut responses = self.responses.lock().unwrap_or_else(PoisonError::into_inner);
        if responses.len() >= MAX_RESPONSES {
            responses.clear();
        }
        let now = Instant::now();
        responses.insert(key, (now, now + Duration::from_secs(seconds), response));
    }
}

impl Stored {
    /// A header's text, empty if there is none. The name is in lower case.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    /// How many seconds the edge keeps it if it is no error: as `Cache-Control` says, within the bounds of the policy.
    pub(super) fn seconds(&self, policy: &CachePolicy) -> u64 {
        if self.status != 200 || policy.max == 0 {
            return 0;
        }
        let control = self.header("cache-control");
        let directives: Vec<_> = control.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
        if ["no-store", "no-cache", "private"].iter().any(|word| directives.contains(word)) {
            return policy.min;
        }
        let value =
            |name: &str| directives.iter().find_map(|it| it.strip_prefix(name)?.strip_prefix('=')?.parse().ok());
        value("s-maxage").or_else(|| value("max-age")).unwrap_or(policy.default).clamp(policy.min, policy.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cache_control_decides_within_the_bounds() {
        let policy = CachePolicy { min: 0, default: 5, max: 300, headers: Vec::new(), has_query: true };
        let seconds = |status, control: &str, policy| {
            let headers = vec![("cache-control".to_owned(), control.to_owned())];
            Stored { status, headers, body: Vec::new() }.seconds(policy)
        };
        for (control, expected) in [
            ("public, max-age=60", 60),
            ("public, max-age=86400", 300),
            ("max-age=60, s-maxage=10", 10),
            ("public, no-cache", 0),
            ("no-store", 0),
            ("private, max-age=60", 0),
            ("", 5),
        ] {
            assert_eq!(seconds(200, control, &policy), expected, "{control}");
        }
        assert_eq!(seconds(404, "public, max-age=60", &policy), 0);
        let disabled = CachePolicy { min: 0, default: 0, max: 0, headers: Vec::new(), has_query: false };
        assert_eq!(seconds(200, "public, max-age=60", &disabled), 0);
    }
}
