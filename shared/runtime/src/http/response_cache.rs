//! Responses that a process sends again for as long as their endpoint allows ([`Reply::reusable_for`]): a popular list
//! is assembled once, not for each shopper who requests it in the same moment. Useful where a process handles many
//! requests.

use std::sync::Arc;

use souk_cache::{Lifetime, TtlCache};
use souk_domain::time::Timestamp;

use super::delivery::accepts_gzip;
use super::{Reply, Request};

/// Memory for keys and responses together.
const LIMIT_BYTES: usize = 16 * 1024 * 1024;

/// The responses of a process.
pub(super) struct ResponseCache(TtlCache<RequestKey, Arc<Reply>>);

/// Everything that a public response depends on. The caller is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct RequestKey {
    path: String,
    query: Vec<(String, String)>,
    accepts_gzip: bool,
}

impl Default for ResponseCache {
    fn default() -> Self {
        Self(TtlCache::new(LIMIT_BYTES, |key: &RequestKey, reply: &Arc<Reply>| key.bytes() + reply.bytes()))
    }
}

impl ResponseCache {
    /// The response to an equal request, if it is still valid.
    pub(super) fn get(&self, key: &RequestKey, now: Timestamp) -> Option<Arc<Reply>> {
        self.0.get(key, now)
    }

    /// Stores a response that was made at `now`, if its endpoint allows it.
    pub(super) fn insert(&self, key: RequestKey, reply: &Arc<Reply>, now: Timestamp) {
        if !reply.reusable_for.is_zero() && reply.is_cacheable() {
            self.0.insert(key, Arc::clone(reply), Lifetime::new(now, reply.reusable_for));
        }
    }
}

impl RequestKey {
    /// `None` for a request that may change something: its responses are never reused.
    pub(super) fn of(request: &Request) -> Option<Self> {
        (request.method() == "GET").then(|| Self {
            path: request.path.clone(),
            query: request.query.clone(),
            accepts_gzip: accepts_gzip(request),
        })
    }

    /// Counted twice, because the cache holds it twice while it moves from one generation to the next.
    fn bytes(&self) -> usize {
        let query: usize =
            self.query.iter().map(|(name, value)| name.len() + value.len() + 2 * size_of::<String>()).sum();
        2 * (size_of::<Self>() + self.path.len() + query)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn get(page: &str) -> Request {
        Request::new("GET", "/products").with_query("page", page)
    }

    fn after(milliseconds: i64) -> Timestamp {
        Timestamp::from_millis(NOW.as_millis() + milliseconds)
    }

    fn key(request: &Request) -> RequestKey {
        RequestKey::of(request).expect("a GET")
    }

    fn list(reusable_ms: u64) -> Arc<Reply> {
        Arc::new(Reply::ok(&"a list").cacheable(1).reusable_for(Duration::from_millis(reusable_ms)))
    }

    #[test]
    fn an_answer_is_given_again_for_as_long_as_it_says() {
        let cache = ResponseCache::default();
        cache.insert(key(&get("1")), &list(300), NOW);
        let known = |request: &Request, milliseconds| cache.get(&key(request), after(milliseconds)).is_some();
        assert!(known(&get("1"), 0) && known(&get("1"), 299));
        assert!(!known(&get("1"), 300) && !known(&get("1"), -1));
    }

    #[test]
    fn only_the_same_request_has_the_same_answer() {
        let cache = ResponseCache::default();
        cache.insert(key(&get("1")), &list(300), NOW);
        let other_path = Request::new("GET", "/products/1").with_query("page", "1");
        let others = [get("2"), get("1").with_query("limit", "1"), other_path];
        for request in others.into_iter().chain([get("1").with_header("accept-encoding", "gzip")]) {
            assert!(cache.get(&key(&request), NOW).is_none(), "{request:?}");
        }
        assert!(cache.get(&key(&get("1").with_header("accept-encoding", "br")), NOW).is_some());
    }

    #[test]
    fn uncacheable_responses_are_not_kept() {
        let cache = ResponseCache::default();
        let time = Duration::from_millis(300);
        let private = Reply::ok(&"an order").reusable_for(time);
        let refused = Reply::json(404, &"none").cacheable(1).reusable_for(time);
        for reply in [private, refused, Reply::ok(&"a list").cacheable(1)] {
            cache.insert(key(&get("1")), &Arc::new(reply), NOW);
            assert!(cache.get(&key(&get("1")), NOW).is_none());
        }
        assert_eq!(RequestKey::of(&Request::new("POST", "/products").with_query("page", "1")), None);
    }
}
