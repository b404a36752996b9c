//! Answers that a process gives again as long as their endpoint says that they hold ([`Reply::lasting`]): a popular list is
//! put together once, not for each of those who look at it in the same moment. Of use where a process answers many.

use std::sync::{Arc, Mutex, PoisonError};

use souk_cache::{Near, Reading};
use souk_domain::time::Timestamp;

use super::delivery::accepts_gzip;
use super::{Reply, Request};

/// Of questions and answers together.
const LIMIT_BYTES: usize = 16 * 1024 * 1024;

/// What a process has answered just now.
pub(super) struct Recent(Mutex<Near<Question, Arc<Reply>>>);

/// All that answers to anybody depend on. Who asks is not among it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Question {
    path: String,
    query: Vec<(String, String)>,
    accepts_gzip: bool,
}

impl Default for Recent {
    fn default() -> Self {
        Self(Mutex::new(Near::new(LIMIT_BYTES)))
    }
}

impl Recent {
    /// The answer to the same question, if it still holds.
    pub(super) fn get(&self, question: &Question, now: Timestamp) -> Option<Arc<Reply>> {
        self.near().get(question, now)
    }

    /// Remembers an answer that was given at that moment, if it may be given again.
    pub(super) fn keep(&self, question: Question, reply: &Arc<Reply>, now: Timestamp) {
        if reply.lasts.is_zero() || !reply.is_kept() {
            return;
        }
        let bytes = question.bytes() + reply.bytes();
        self.near().put(question, Arc::clone(reply), bytes, Reading::lasting(now, reply.lasts));
    }

    fn near(&self) -> std::sync::MutexGuard<'_, Near<Question, Arc<Reply>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Question {
    /// None if it may change something: that is done each time.
    pub(super) fn of(request: &Request) -> Option<Self> {
        (request.method == "GET").then(|| Self {
            path: request.path.clone(),
            query: request.query.clone(),
            accepts_gzip: accepts_gzip(request),
        })
    }

    /// It is kept twice while a generation passes to the next.
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

    fn question(request: &Request) -> Question {
        Question::of(request).expect("a GET")
    }

    fn list(lasts_ms: u64) -> Arc<Reply> {
        Arc::new(Reply::ok(&"a list").cacheable(1).lasting(Duration::from_millis(lasts_ms)))
    }

    #[test]
    fn an_answer_holds_as_long_as_it_says() {
        let recent = Recent::default();
        recent.keep(question(&get("1")), &list(300), NOW);
        let known = |request: &Request, milliseconds| recent.get(&question(request), after(milliseconds)).is_some();
        assert!(known(&get("1"), 0) && known(&get("1"), 299));
        assert!(!known(&get("1"), 300) && !known(&get("1"), -1));
    }

    #[test]
    fn only_the_same_question_has_the_same_answer() {
        let recent = Recent::default();
        recent.keep(question(&get("1")), &list(300), NOW);
        let other_path = Request::new("GET", "/products/1").with_query("page", "1");
        let others = [get("2"), get("1").with_query("limit", "1"), other_path];
        for request in others.into_iter().chain([get("1").with_header("accept-encoding", "gzip")]) {
            assert!(recent.get(&question(&request), NOW).is_none(), "{request:?}");
        }
        assert!(recent.get(&question(&get("1").with_header("accept-encoding", "br")), NOW).is_some());
    }

    #[test]
    fn what_nobody_may_keep_is_not_kept() {
        let recent = Recent::default();
        let lasts = Duration::from_millis(300);
        let private = Reply::ok(&"an order").lasting(lasts);
        let refused = Reply::json(404, &"none").cacheable(1).lasting(lasts);
        for reply in [private, refused, Reply::ok(&"a list").cacheable(1)] {
            recent.keep(question(&get("1")), &Arc::new(reply), NOW);
            assert!(recent.get(&question(&get("1")), NOW).is_none());
        }
        assert_eq!(Question::of(&Request::new("POST", "/products").with_query("page", "1")), None);
    }
}
