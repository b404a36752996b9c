//! Invoked by an operator, never over HTTP: what lies in the dead-letter queues, and back to work with it.
//!
//! A message of a queue goes back to that queue as it is: sent first, deleted then, so it may come twice but is never lost,
//! and consumers may be told twice. A letter of a stream's consumer names an item; what it calls for is worked out again
//! from the item as it stands now. One call moves a bounded number; whoever has more calls again.

mod dead_letter_queue;
mod letter;
mod replay;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use souk_domain::time::Timestamp;
use souk_runtime::config::ConfigError;
use souk_runtime::direct::DirectHandler;
use souk_runtime::{Dependencies, Error};

pub use dead_letter_queue::DeadLetterQueue;
pub use replay::Replay;

use dead_letter_queue::{Found, QueueError, parse_queues};
use letter::{Letter, Summary};

use crate::dispatch::Dispatch;

/// Most messages that one call moves.
pub const MAX_MOVED: u32 = 1_000;
/// Most messages of one queue that a list shows.
const MAX_SHOWN: usize = 50;

/// What the operator asks.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Command {
    /// What lies in each queue.
    List,
    /// Back to work with what lies there.
    Redrive {
        /// In which queue (`order`, `payment`, …); in all when there is none.
        #[serde(default)]
        queue: Option<String>,
        /// How many at most, up to [`MAX_MOVED`].
        #[serde(default)]
        limit: Option<u32>,
    },
    /// Throws away a message that nothing can be done with any more.
    Discard {
        /// In which queue.
        queue: String,
        /// Which message.
        message_id: String,
    },
}

/// What the operator is told of each queue.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// One for each queue that was asked for.
    pub queues: Vec<QueueReport>,
}

/// What lies in a queue, or what became of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct QueueReport {
    /// Its word: `order`, `payment`, …
    pub queue: String,
    /// How many messages lie there, by the queue's own estimate: before a list, after a move.
    pub waiting: u64,
    /// The age of the oldest of those shown, since it was first sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_seconds: Option<i64>,
    /// How many went back to work, or were thrown away.
    pub moved: u32,
    /// Those that lie there (a list shows some), or that stay there.
    pub messages: Vec<Summary>,
}

/// Why nothing could be said or done.
#[derive(Debug, thiserror::Error)]
pub enum RedriveError {
    /// There is no queue of that name.
    #[error("there is no queue {0}; cargo xtask dlq list shows those that there are")]
    UnknownQueue(String),
    /// There is no such message, or somebody else holds it for a moment.
    #[error("the message is not in the queue's first {MAX_SHOWN}, or held by somebody else; try again in a minute")]
    UnknownMessage,
    /// The queue does not answer.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// What it stands on.
pub struct Redrive {
    /// Every dead-letter queue of the stack.
    pub queues: Vec<DeadLetterQueue>,
    /// How letters of streams are worked out again.
    pub replay: Replay,
}

impl Redrive {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        const DEAD_LETTER_QUEUES: &str = "DEAD_LETTER_QUEUES";
        let reason = || "must be a word, a URL, and a URL or - for each queue".to_owned();
        let invalid = || ConfigError::Invalid { name: DEAD_LETTER_QUEUES, reason: reason() };
        let dispatch = Dispatch::from_dependencies(deps)?;
        let queues = parse_queues(deps.config().text(DEAD_LETTER_QUEUES)?, &dispatch.queues.client);
        let replay = Replay { orders: deps.orders()?, products: deps.products()?, dispatch, bus: deps.event_bus()? };
        Ok(Self { queues: queues.ok_or_else(invalid)?, replay })
    }

    /// Does what the operator asks.
    pub async fn run(&self, command: &Command) -> Result<Report, RedriveError> {
        let queues = match command {
            Command::List => self.list().await?,
            Command::Redrive { queue, limit } => self.redrive(queue.as_deref(), limit.unwrap_or(MAX_MOVED)).await?,
            Command::Discard { queue, message_id } => vec![Self::discard(self.queue(queue)?, message_id).await?],
        };
        for QueueReport { queue, waiting, moved, .. } in &queues {
            tracing::info!(function = "redrive", queue, waiting, moved, "dead letters");
        }
        Ok(Report { queues })
    }

    async fn list(&self) -> Result<Vec<QueueReport>, RedriveError> {
        let mut reports = Vec::with_capacity(self.queues.len());
        for queue in &self.queues {
            let waiting = queue.waiting().await?;
            let found = queue.look(MAX_SHOWN).await?;
            queue.release(&found).await;
            let messages: Vec<_> = found.iter().map(|found| self.summary(found, None)).collect();
            reports.push(QueueReport {
                queue: queue.word.clone(),
                waiting,
                oldest_seconds: messages.iter().map(|summary| summary.age_seconds).max(),
                moved: 0,
                messages,
            });
        }
        Ok(reports)
    }

    async fn redrive(&self, word: Option<&str>, limit: u32) -> Result<Vec<QueueReport>, RedriveError> {
        let chosen: Vec<&DeadLetterQueue> = match word {
            Some(word) => vec![self.queue(word)?],
            None => self.queues.iter().collect(),
        };
        let mut left = limit.min(MAX_MOVED);
        let mut reports = Vec::with_capacity(chosen.len());
        for queue in chosen {
            let (mut moved, mut messages, mut stays) = (0, Vec::new(), Vec::new());
            while left > 0 {
                // Each message is held while this call runs, so none is seen twice and the loop ends with the queue.
                let batch = queue.take(left).await?;
                if batch.is_empty() {
                    break;
                }
                left = left.saturating_sub(u32::try_from(batch.len()).unwrap_or(left));
                let outcomes = join_all(batch.iter().map(|found| self.work(queue, found))).await;
                for (found, outcome) in batch.into_iter().zip(outcomes) {
                    let Err(reason) = outcome else {
                        moved += 1;
                        continue;
                    };
                    if messages.len() < MAX_SHOWN {
                        messages.push(self.summary(&found, Some(reason)));
                    }
                    stays.push(found);
                }
            }
            queue.release(&stays).await;
            let (queue, waiting) = (queue.word.clone(), queue.waiting().await?);
            reports.push(QueueReport { queue, waiting, oldest_seconds: None, moved, messages });
        }
        Ok(reports)
    }

    /// Sends a message back, or does what it calls for, and then deletes it. `Err` says why it stays.
    async fn work(&self, queue: &DeadLetterQueue, found: &Found) -> Result<(), String> {
        match &queue.source_url {
            Some(source_url) => queue.send_back(found, source_url).await.map_err(|error| error.to_string())?,
            None => match Letter::read(&found.body) {
                Letter::SetAside(letter) => self.replay.replay(&letter).await?,
                _ => return Err("the message has no key; see docs/operations.md".to_owned()),
            },
        }
        queue.delete(found).await.map_err(|error| error.to_string())
    }

    async fn discard(queue: &DeadLetterQueue, message_id: &str) -> Result<QueueReport, RedriveError> {
        let mut others = queue.look(MAX_SHOWN).await?;
        let position = others.iter().position(|found| found.message_id == message_id);
        let discarded = position.map(|position| others.swap_remove(position));
        queue.release(&others).await;
        queue.delete(&discarded.ok_or(RedriveError::UnknownMessage)?).await?;
        let waiting = queue.waiting().await?;
        Ok(QueueReport { queue: queue.word.clone(), waiting, oldest_seconds: None, moved: 1, messages: Vec::new() })
    }

    fn queue(&self, word: &str) -> Result<&DeadLetterQueue, RedriveError> {
        let unknown = || RedriveError::UnknownQueue(word.to_owned());
        self.queues.iter().find(|queue| queue.word == word).ok_or_else(unknown)
    }

    fn summary(&self, found: &Found, stays_because: Option<String>) -> Summary {
        let (kind, ids) = Letter::read(&found.body).describe();
        let age_seconds = found.sent_at.seconds_until(self.replay.dispatch.clock.now());
        Summary { message_id: found.message_id.clone(), kind, ids, age_seconds, stays_because }
    }
}

impl DirectHandler for Redrive {
    type Request = Command;
    type Response = Report;

    async fn handle(&self, request: Command, _: Timestamp) -> Result<Report, Error> {
        Ok(self.run(&request).await?)
    }
}

#[cfg(test)]
mod tests;
