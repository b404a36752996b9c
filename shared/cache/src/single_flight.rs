//! Request coalescing: of several concurrent callers for one value, one fetches it and the others wait for its outcome.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

type Outcome<V> = watch::Receiver<Option<V>>;

/// The fetches in flight, by key.
#[derive(Debug)]
pub struct SingleFlight<K, V> {
    in_flight: Arc<Mutex<HashMap<K, Outcome<V>>>>,
}

/// The keys of one caller: it fetches some and waits for the others. Dropping an incomplete claim releases its keys, so
/// that a cancelled caller does not block others.
#[derive(Debug)]
pub struct Claim<K: Eq + Hash, V> {
    in_flight: Arc<Mutex<HashMap<K, Outcome<V>>>>,
    own: HashMap<K, watch::Sender<Option<V>>>,
    pending: Vec<Pending<K, V>>,
}

/// A value that another caller is fetching.
#[derive(Debug)]
pub struct Pending<K, V> {
    /// Key of the value.
    pub key: K,
    outcome: Outcome<V>,
}

impl<K, V> Default for SingleFlight<K, V> {
    fn default() -> Self {
        Self { in_flight: Arc::default() }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> SingleFlight<K, V> {
    /// Claims the keys that no other caller is fetching.
    pub fn claim(&self, keys: impl IntoIterator<Item = K>) -> Claim<K, V> {
        let mut in_flight = lock(&self.in_flight);
        let mut claim = Claim { in_flight: Arc::clone(&self.in_flight), own: HashMap::new(), pending: Vec::new() };
        for key in keys {
            if let Some(outcome) = in_flight.get(&key) {
                claim.pending.push(Pending { key, outcome: outcome.clone() });
            } else {
                let (sender, receiver) = watch::channel(None);
                in_flight.insert(key.clone(), receiver);
                claim.own.insert(key, sender);
            }
        }
        claim
    }

    /// The outcome of `fetch`, or of another caller's fetch of the same key that is in flight. If that caller is
    /// cancelled, one of the waiting callers fetches instead.
    pub async fn run(&self, key: K, fetch: impl Future<Output = V>) -> V {
        loop {
            let mut claim = self.claim([key.clone()]);
            let Some(pending) = claim.take_pending().pop() else {
                let value = fetch.await;
                claim.complete(|_| value.clone());
                return value;
            };
            if let Some(value) = pending.outcome().await {
                return value;
            }
        }
    }
}

impl<K: Clone + Eq + Hash, V> Claim<K, V> {
    /// The keys that this caller fetches.
    pub fn own(&self) -> Vec<K> {
        self.own.keys().cloned().collect()
    }

    /// The values that other callers fetch.
    pub fn take_pending(&mut self) -> Vec<Pending<K, V>> {
        std::mem::take(&mut self.pending)
    }

    /// Passes the outcome of each own key to the waiting callers.
    pub fn complete(mut self, outcome: impl Fn(&K) -> V) {
        self.release();
        for (key, sender) in self.own.drain() {
            sender.send_replace(Some(outcome(&key)));
        }
    }
}

impl<K: Eq + Hash, V> Claim<K, V> {
    fn release(&self) {
        let mut in_flight = lock(&self.in_flight);
        for key in self.own.keys() {
            in_flight.remove(key);
        }
    }
}

impl<K: Eq + Hash, V> Drop for Claim<K, V> {
    fn drop(&mut self) {
        self.release();
    }
}

impl<K, V: Clone> Pending<K, V> {
    /// Waits for the outcome; `None` if the fetching caller was cancelled.
    pub async fn outcome(mut self) -> Option<V> {
        self.outcome.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone())
    }
}

fn lock<K, V>(in_flight: &Mutex<HashMap<K, Outcome<V>>>) -> std::sync::MutexGuard<'_, HashMap<K, Outcome<V>>> {
    in_flight.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn later_callers_wait_for_the_first() {
        let flight = SingleFlight::default();
        let first = flight.claim(["a", "b"]);
        let mut second = flight.claim(["b", "c"]);
        assert_eq!(second.own(), ["c"]);
        let pending = second.take_pending().pop().expect("b is in flight");
        first.complete(|_| 7);
        assert_eq!(pending.outcome().await, Some(7));
        assert_eq!(flight.claim(["b"]).own(), ["b"], "the next caller fetches again");
    }

    #[tokio::test]
    async fn a_caller_that_gives_up_blocks_no_other() {
        let flight = SingleFlight::<_, u32>::default();
        let first = flight.claim(["a"]);
        let pending = flight.claim(["a"]).take_pending().pop().expect("a is in flight");
        drop(first);
        assert!(pending.outcome().await.is_none());
        assert_eq!(flight.claim(["a"]).own(), ["a"]);
    }

    #[tokio::test]
    async fn concurrent_callers_of_one_key_fetch_once() {
        let (flight, fetches) = (SingleFlight::default(), AtomicU32::new(0));
        let fetch = async |key| {
            let number = fetches.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            (key, number)
        };
        let run = |key| flight.run(key, fetch(key));
        let (one, two, other) = tokio::join!(run("a"), run("a"), run("b"));
        assert_eq!((one, two, other), (("a", 0), ("a", 0), ("b", 1)));
        assert_eq!(run("a").await, ("a", 2));
    }

    #[tokio::test]
    async fn a_waiting_caller_fetches_when_the_first_gives_up() {
        let flight = SingleFlight::default();
        let first = flight.claim(["a"]);
        let (value, ()) = tokio::join!(flight.run("a", async { 2 }), async { drop(first) });
        assert_eq!(value, 2);
    }
}
