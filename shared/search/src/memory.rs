//! Answers that this process gives again for a while: many shoppers look at the same first page.
//!
//! What is kept is what OpenSearch said: which products, in which order, and the facets. Prices and stock are looked up
//! anew for each list, so they are as fresh as ever.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

use crate::SearchError;

/// How long who asks the same waits for an answer that is under way.
const AWAITED: Duration = Duration::from_secs(3);
/// Answers of one generation, also of those that are still awaited. There are two generations.
const GENERATION_ANSWERS: usize = 10_000;

/// Answers by what was asked. When the young generation is full it becomes the old one, which is forgotten.
pub(crate) struct Memory<K, V> {
    generations: Mutex<Generations<K, V>>,
    generation_bytes: usize,
    /// About how many bytes an answer takes.
    bytes: fn(&V) -> usize,
}

struct Generations<K, V> {
    young: HashMap<K, Slot<V>>,
    old: HashMap<K, Slot<V>>,
    young_bytes: usize,
}

struct Slot<V> {
    asked_at: Instant,
    answer: Arc<OnceCell<Kept<V>>>,
}

struct Kept<V> {
    answer: Arc<V>,
    lasts: Duration,
}

impl<K: Eq + Hash, V> Memory<K, V> {
    /// Nothing in it, and never more than so many bytes.
    pub(crate) fn new(limit_bytes: usize, bytes: fn(&V) -> usize) -> Self {
        let generations = Generations { young: HashMap::new(), old: HashMap::new(), young_bytes: 0 };
        Self { generations: Mutex::new(generations), generation_bytes: limit_bytes / 2, bytes }
    }

    /// The answer to the same question of a moment ago, or the one that `ask` brings, together with how long it lasts. Who
    /// asks while it is under way waits for it. A failure is not kept: the next one asks again.
    pub(crate) async fn answer(
        &self,
        question: K,
        now: Instant,
        ask: impl Future<Output = Result<(V, Duration), SearchError>>,
    ) -> Result<Arc<V>, SearchError> {
        let slot = self.slot(question, now);
        let kept = slot.get_or_try_init(|| async {
            let (answer, lasts) = ask.await?;
            self.lock().young_bytes += (self.bytes)(&answer);
            Ok::<_, SearchError>(Kept { answer: Arc::new(answer), lasts })
        });
        Ok(Arc::clone(&kept.await?.answer))
    }

    fn slot(&self, question: K, now: Instant) -> Arc<OnceCell<Kept<V>>> {
        let mut generations = self.lock();
        let known = generations.young.get(&question).or_else(|| generations.old.get(&question));
        if let Some(slot) = known
            && now.saturating_duration_since(slot.asked_at) < slot.answer.get().map_or(AWAITED, |kept| kept.lasts)
        {
            return Arc::clone(&slot.answer);
        }
        if generations.young.len() >= GENERATION_ANSWERS || generations.young_bytes >= self.generation_bytes {
            generations.old = std::mem::take(&mut generations.young);
            generations.young_bytes = 0;
        }
        let answer = Arc::default();
        generations.young.insert(question, Slot { asked_at: now, answer: Arc::clone(&answer) });
        answer
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Generations<K, V>> {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU16, Ordering};

    use super::*;

    const GENERATION_BYTES: usize = 1024 * 1024;
    const LASTS: Duration = Duration::from_secs(2);

    fn memory() -> Memory<String, u16> {
        Memory::new(2 * GENERATION_BYTES, |_| 2)
    }

    /// Numbers its answers.
    struct Server(AtomicU16);

    impl Server {
        async fn ask(&self, answers: bool) -> Result<(u16, Duration), SearchError> {
            let number = self.0.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            if answers { Ok((number, LASTS)) } else { Err(SearchError::Unavailable("down".to_owned())) }
        }
    }

    #[tokio::test]
    async fn a_question_is_asked_once_as_long_as_its_answer_lasts() {
        let (memory, server, now) = (memory(), Server(AtomicU16::new(0)), Instant::now());
        let ask = |question: &str, at| memory.answer(question.to_owned(), at, server.ask(true));
        let (one, two) = tokio::join!(ask("a", now), ask("a", now));
        assert_eq!((*one.expect("answered"), *two.expect("answered")), (0, 0));
        assert_eq!(*ask("a", now + LASTS / 2).await.expect("answered"), 0);
        assert_eq!(*ask("b", now).await.expect("answered"), 1);
        assert_eq!(*ask("a", now + LASTS).await.expect("answered"), 2);
    }

    #[tokio::test]
    async fn failures_are_not_kept() {
        let (memory, server, now) = (memory(), Server(AtomicU16::new(0)), Instant::now());
        let ask = |answers| memory.answer("a".to_owned(), now, server.ask(answers));
        assert!(ask(false).await.is_err());
        assert_eq!(*ask(true).await.expect("answered"), 1);
        assert_eq!(*ask(false).await.expect("answered"), 1);
    }

    #[tokio::test]
    async fn what_is_kept_has_a_bound() {
        let (memory, server, now) = (memory(), Server(AtomicU16::new(0)), Instant::now());
        for n in 0..3 * GENERATION_ANSWERS {
            memory.answer(n.to_string(), now, server.ask(true)).await.expect("answered");
        }
        let held = || {
            let generations = memory.lock();
            (generations.young.len() + generations.old.len(), generations.young_bytes)
        };
        assert!(held().0 <= 2 * GENERATION_ANSWERS);
        memory.lock().young_bytes += GENERATION_BYTES;
        memory.answer("another".to_owned(), now, server.ask(true)).await.expect("answered");
        assert_eq!(held().1, 2);
    }
}
