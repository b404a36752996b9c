//! Hashes passwords in a bounded queue. A hash takes a core for some tens of milliseconds and 19 MiB, so a process that
//! serves several requests at once has to bound how many it computes.

use std::sync::Arc;
use std::time::Duration;

use souk_auth::password::{self, PasswordError};
use souk_domain::effects::Random;
use souk_runtime::http::Problem;
use tokio::sync::Semaphore;

/// Hashes that are computed at once.
const MAX_CONCURRENT: usize = 2;
/// Hashes that are computed or wait.
const MAX_QUEUED: usize = 16;
/// Maximum time that a hash waits. Less than the 10 s of a function, so a client gets 503 instead of a time-out.
const MAX_WAIT: Duration = Duration::from_secs(3);

/// A bounded queue for hashes of passwords. Clones share it.
#[derive(Clone)]
pub struct HashQueue {
    places: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Default for HashQueue {
    fn default() -> Self {
        Self::new(MAX_CONCURRENT, MAX_QUEUED)
    }
}

impl HashQueue {
    /// Computes so many hashes at once, and has places for so many that are computed or wait.
    pub fn new(running: usize, places: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), running: Arc::new(Semaphore::new(running)) }
    }

    /// Hashes a new password. 503 `busy`: the queue is full, or the hash waited for too long.
    pub async fn hash(&self, password: &str, random: Arc<dyn Random>) -> Result<String, Problem> {
        let password = password.to_owned();
        self.run(move || password::hash(&password, &*random)).await
    }

    /// Whether a password matches a stored hash. `None` stands for an account that does not exist: false, after the same
    /// time.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, Problem> {
        let (password, stored) = (password.to_owned(), stored.map(str::to_owned));
        self.run(move || password::verify(&password, stored.as_deref())).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, Problem> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(busy)?;
        let turn = tokio::time::timeout(MAX_WAIT, Arc::clone(&self.running).acquire_owned()).await;
        let turn = turn.map_err(busy)?.map_err(Problem::internal)?;
        let hashed = tokio::task::spawn_blocking(move || {
            let result = work();
            // Held until the end of the work, also if its request was dropped.
            drop((place, turn));
            result
        });
        hashed.await.map_err(Problem::internal)?.map_err(Problem::internal)
    }
}

fn busy(cause: impl std::fmt::Display) -> Problem {
    Problem::unavailable("busy", cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_exceeds_the_queue_is_refused_and_nothing_waits_for_ever() {
        let queue = HashQueue::new(1, 2);
        let held = Arc::clone(&queue.running).acquire_owned().await.expect("a turn");
        let code = async |queue: &HashQueue| queue.run(|| Ok(())).await.map_err(|problem| problem.code());
        let waiting = tokio::spawn({
            let queue = queue.clone();
            async move { queue.run(|| Ok(())).await.map_err(|problem| problem.code()) }
        });
        tokio::task::yield_now().await;
        let last = Arc::clone(&queue.places).try_acquire_owned().expect("the last place");
        assert_eq!(code(&queue).await, Err("busy"), "the queue is full");
        assert_eq!(waiting.await.expect("ended"), Err("busy"), "it waited for too long");
        drop((held, last));
        assert_eq!(code(&queue).await, Ok(()), "every place is free again");
    }
}
