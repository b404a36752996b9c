//! Lists, redrives and discards dead letters. Invoked by an operator, never over HTTP.
//!
//! A message from a queue is sent to its source queue unchanged and then deleted from the dead-letter queue. So it may
//! arrive twice, which consumers tolerate, but it is never lost. A dead letter of a stream consumer names an item, and
//! its handling is repeated with the current item. One call moves a limited number of messages.

mod dead_letter;
mod dead_letter_queue;
mod replay;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use souk_domain::time::Timestamp;
use souk_runtime::config::ConfigError;
use souk_runtime::direct::DirectHandler;
use souk_runtime::{Dependencies, Error};

pub use dead_letter_queue::DeadLetterQueue;
pub use replay::Replay;

use dead_letter::{DeadLetterContent, Summary};
use dead_letter_queue::{QueueError, ReceivedMessage, parse_queues};

use crate::dispatch::Dispatch;

/// Maximum messages that one call moves.
pub const MAX_MOVED: u32 = 1_000;
/// Maximum messages of one queue that a list shows.
const MAX_SHOWN: usize = 50;

/// The command of the operator.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Command {
    /// Lists the messages of each queue.
    List,
    /// Moves messages back to their source queues.
    Redrive {
        /// The queue (`order`, `payment`, …). All queues if absent.
        #[serde(default)]
        queue: Option<String>,
        /// Maximum messages to move, up to [`MAX_MOVED`].
        #[serde(default)]
        limit: Option<u32>,
    },
    /// Deletes a message that cannot be processed.
    Discard {
        /// The queue.
        queue: String,
        /// The id of the message.
        message_id: String,
    },
}

/// The response to the operator.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// One report for each queue of the command.
    pub queues: Vec<QueueReport>,
}

/// The state of a queue, and what was moved.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct QueueReport {
    /// Its name: `order`, `payment`, …
    pub queue: String,
    /// The approximate number of messages, by SQS: before a list, after a move.
    pub waiting: u64,
    /// The age of the oldest listed message since it was first sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_seconds: Option<i64>,
    /// How many messages were moved or discarded.
    pub moved: u32,
    /// The messages of the queue (a list is not complete), or those that could not be moved.
    pub messages: Vec<Summary>,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum RedriveError {
    /// No queue has that name.
    #[error("there is no queue {0}; cargo xtask dlq list shows all queues")]
    UnknownQueue(String),
    /// The message does not exist, or another consumer has just received it.
    #[error(
        "the message is not among the first {MAX_SHOWN} of the queue, or another consumer has it; try again in a minute"
    )]
    UnknownMessage,
    /// A call of SQS failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Lists, redrives and discards dead letters.
pub struct Redrive {
    /// Every dead-letter queue of the stack.
    pub queues: Vec<DeadLetterQueue>,
    /// Repeats the handling of stream records.
    pub replay: Replay,
}

impl Redrive {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        const DEAD_LETTER_QUEUES: &str = "DEAD_LETTER_QUEUES";
        let reason = || "must be a name, a URL, and a URL or - for each queue".to_owned();
        let invalid = || ConfigError::Invalid { name: DEAD_LETTER_QUEUES, reason: reason() };
        let dispatch = Dispatch::from_dependencies(deps)?;
        let queues = parse_queues(deps.config().text(DEAD_LETTER_QUEUES)?, &dispatch.queues.client);
        let replay = Replay { orders: deps.orders()?, products: deps.products()?, dispatch, bus: deps.event_bus()? };
        Ok(Self { queues: queues.ok_or_else(invalid)?, replay })
    }

    /// Runs the command of the operator.
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
            let waiting = queue.approximate_count().await?;
            let found = queue.peek(MAX_SHOWN).await?;
            queue.release(&found).await;
            let messages: Vec<_> = found.iter().map(|message| self.summary(message, None)).collect();
            reports.push(QueueReport {
                queue: queue.name.clone(),
                waiting,
                oldest_seconds: messages.iter().map(|summary| summary.age_seconds).max(),
                moved: 0,
                messages,
            });
        }
        Ok(reports)
    }

    async fn redrive(&self, name: Option<&str>, limit: u32) -> Result<Vec<QueueReport>, RedriveError> {
        let chosen: Vec<&DeadLetterQueue> = match name {
            Some(name) => vec![self.queue(name)?],
            None => self.queues.iter().collect(),
        };
        let mut left = limit.min(MAX_MOVED);
        let mut reports = Vec::with_capacity(chosen.len());
        for queue in chosen {
            let (mut moved, mut messages, mut stays) = (0, Vec::new(), Vec::new());
            while left > 0 {
                // Received messages stay hidden while this call runs, so none is received twice and the loop ends.
                let batch = queue.receive_to_move(left).await?;
                if batch.is_empty() {
                    break;
                }
                left = left.saturating_sub(u32::try_from(batch.len()).unwrap_or(left));
                let outcomes = join_all(batch.iter().map(|message| self.process(queue, message))).await;
                for (message, outcome) in batch.into_iter().zip(outcomes) {
                    let Err(reason) = outcome else {
                        moved += 1;
                        continue;
                    };
                    if messages.len() < MAX_SHOWN {
                        messages.push(self.summary(&message, Some(reason)));
                    }
                    stays.push(message);
                }
            }
            queue.release(&stays).await;
            let (queue, waiting) = (queue.name.clone(), queue.approximate_count().await?);
            reports.push(QueueReport { queue, waiting, oldest_seconds: None, moved, messages });
        }
        Ok(reports)
    }

    /// Sends a message back, or repeats the handling of its record, and then deletes it. `Err` states why it stays.
    async fn process(&self, queue: &DeadLetterQueue, message: &ReceivedMessage) -> Result<(), String> {
        match &queue.source_url {
            Some(source_url) => queue.send_back(message, source_url).await.map_err(|error| error.to_string())?,
            None => match DeadLetterContent::read(&message.body) {
                DeadLetterContent::UnprocessableRecord(record) => self.replay.replay(&record).await?,
                _ => return Err("the message names no item; see docs/operations.md".to_owned()),
            },
        }
        queue.delete(message).await.map_err(|error| error.to_string())
    }

    async fn discard(queue: &DeadLetterQueue, message_id: &str) -> Result<QueueReport, RedriveError> {
        let mut others = queue.peek(MAX_SHOWN).await?;
        let position = others.iter().position(|message| message.message_id == message_id);
        let discarded = position.map(|position| others.swap_remove(position));
        queue.release(&others).await;
        queue.delete(&discarded.ok_or(RedriveError::UnknownMessage)?).await?;
        let waiting = queue.approximate_count().await?;
        Ok(QueueReport { queue: queue.name.clone(), waiting, oldest_seconds: None, moved: 1, messages: Vec::new() })
    }

    fn queue(&self, name: &str) -> Result<&DeadLetterQueue, RedriveError> {
        let unknown = || RedriveError::UnknownQueue(name.to_owned());
        self.queues.iter().find(|queue| queue.name == name).ok_or_else(unknown)
    }

    fn summary(&self, message: &ReceivedMessage, stays_because: Option<String>) -> Summary {
        let (kind, ids) = DeadLetterContent::read(&message.body).describe();
        let age_seconds = message.sent_at.seconds_until(self.replay.dispatch.clock.now());
        Summary { message_id: message.message_id.clone(), kind, ids, age_seconds, stays_because }
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
