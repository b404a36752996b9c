//! Answers that this process gives again for a moment: many shoppers look at the same first page.
//!
//! What is kept are OpenSearch's answers: which products, in which order, and the facets. Prices and stock are looked up
//! anew for each list, so they are as fresh as ever.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

use crate::SearchError;
use crate::node::{Answer, Call};

/// How long an answer is given again. With a second until the index shows what was written, a changed price moves in a
/// list sorted by price within five.
const REMEMBERED: Duration = Duration::from_secs(3);
/// Bytes of answers of one generation; there are two.
const GENERATION_BYTES: usize = 8 * 1024 * 1024;
/// Answers of one generation, also of those that are still awaited.
const GENERATION_ANSWERS: usize = 4_000;

/// Answers by what was asked. When the young generation is full it becomes the old one, which is forgotten.
#[derive(Default)]
pub(crate) struct Memory {
    hasher: RandomState,
    generations: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    young: HashMap<Key, Slot>,
    old: HashMap<Key, Slot>,
    young_bytes: usize,
}

/// Not the question itself, which may be long: two questions of one length meet here by a chance of 1 in 2⁶⁴.
type Key = (u64, usize);

#[derive(Clone)]
struct Slot {
    asked_at: Instant,
    answer: Arc<OnceCell<Answer>>,
}

impl Memory {
    /// The answer to the same question of a moment ago, or the one that `ask` brings. Who asks while it is under way waits
    /// for it. A failure is not kept: the next one asks again.
    pub(crate) async fn answer(
        &self,
        call: &Call<'_>,
        now: Instant,
        ask: impl Future<Output = Result<Answer, SearchError>>,
    ) -> Result<Answer, SearchError> {
        let body = call.body.as_deref().unwrap_or_default();
        let key = (self.hasher.hash_one((call.path, call.parameters, body)), body.len());
        let slot = self.slot(key, now);
        let kept = slot.get_or_try_init(|| async {
            match ask.await {
                Ok(answer) if answer.status == 200 => {
                    self.weigh(answer.bytes());
                    Ok(answer)
                }
                other => Err(other),
            }
        });
        match kept.await {
            Ok(answer) => Ok(answer.clone()),
            Err(not_kept) => not_kept,
        }
    }

    fn slot(&self, key: Key, now: Instant) -> Arc<OnceCell<Answer>> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        let known = generations.young.get(&key).or_else(|| generations.old.get(&key));
        if let Some(slot) = known
            && now.saturating_duration_since(slot.asked_at) < REMEMBERED
        {
            return Arc::clone(&slot.answer);
        }
        if generations.young.len() >= GENERATION_ANSWERS || generations.young_bytes >= GENERATION_BYTES {
            generations.old = std::mem::take(&mut generations.young);
            generations.young_bytes = 0;
        }
        let slot = Slot { asked_at: now, answer: Arc::default() };
        generations.young.insert(key, slot.clone());
        slot.answer
    }

    fn weigh(&self, bytes: usize) {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner).young_bytes += bytes;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU16, Ordering};

    use opensearch::http::Method;

    use super::*;

    fn call(body: &str) -> Call<'static> {
        let (method, timeout) = (Method::Post, Duration::from_secs(1));
        Call { method, path: "products/_search", parameters: &[], body: Some(body.to_owned()), timeout }
    }

    /// Answers with a status, and counts how often it is asked.
    struct Server(AtomicU16);

    impl Server {
        async fn ask(&self, status: u16) -> Result<Answer, SearchError> {
            self.0.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            if status == 0 { Err(SearchError::Unavailable("down".to_owned())) } else { Ok(Answer::of(status, "{}")) }
        }

        fn asked(&self) -> u16 {
            self.0.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn a_question_is_asked_once_in_a_moment() {
        let (memory, server, now) = (Memory::default(), Server(AtomicU16::new(0)), Instant::now());
        let (same, other) = (call("{}"), call("{ }"));
        let ask = |call, at| memory.answer(call, at, server.ask(200));
        let (one, two) = tokio::join!(ask(&same, now), ask(&same, now));
        assert_eq!((one.expect("answered").status, two.expect("answered").status, server.asked()), (200, 200, 1));
        ask(&same, now + REMEMBERED / 2).await.expect("answered");
        assert_eq!(server.asked(), 1);
        ask(&other, now).await.expect("answered");
        ask(&same, now + REMEMBERED).await.expect("answered");
        assert_eq!(server.asked(), 3);
    }

    #[tokio::test]
    async fn failures_are_not_kept() {
        let (memory, server, now, call) = (Memory::default(), Server(AtomicU16::new(0)), Instant::now(), call("{}"));
        assert!(memory.answer(&call, now, server.ask(0)).await.is_err());
        assert_eq!(memory.answer(&call, now, server.ask(503)).await.expect("answered").status, 503);
        assert_eq!(memory.answer(&call, now, server.ask(200)).await.expect("answered").status, 200);
        assert_eq!(memory.answer(&call, now, server.ask(503)).await.expect("answered").status, 200);
        assert_eq!(server.asked(), 3);
    }

    #[tokio::test]
    async fn what_is_kept_has_a_bound() {
        let (memory, server, now) = (Memory::default(), Server(AtomicU16::new(0)), Instant::now());
        for n in 0..3 * GENERATION_ANSWERS {
            memory.answer(&call(&n.to_string()), now, server.ask(200)).await.expect("answered");
        }
        let held = |memory: &Memory| {
            let generations = memory.generations.lock().expect("not poisoned");
            (generations.young.len() + generations.old.len(), generations.young_bytes)
        };
        assert!(held(&memory).0 <= 2 * GENERATION_ANSWERS);
        memory.weigh(GENERATION_BYTES);
        memory.answer(&call("another"), now, server.ask(200)).await.expect("answered");
        assert_eq!(held(&memory).1, 2);
    }
}
