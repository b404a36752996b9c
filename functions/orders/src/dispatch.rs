//! Publisher of the transactional outbox, which is the orders stream: sends the messages that a change of an order
//! calls for. No other function sends these messages, except `redrive` and `reconcile`.

use std::sync::Arc;

use souk_domain::effects::Clock;
use souk_domain::message::messages_due_after;
use souk_domain::order::Order;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::queues::{Queues, SendError};
use souk_runtime::stream::{Change, ChangeHandler, Failure};

/// Sends the messages that changes of orders call for.
pub struct Dispatch {
    /// The queues of orders, payments and refunds.
    pub queues: Queues,
    /// The current time.
    pub clock: Arc<dyn Clock>,
}

impl Dispatch {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { queues: deps.queues()?, clock: deps.clock() })
    }
}

impl ChangeHandler for Dispatch {
    /// Handles changes in order and stops when a queue is unavailable: Lambda delivers the rest again.
    async fn handle(&self, changes: &[Change]) -> Vec<Failure> {
        let mut failures = Vec::new();
        for change in changes {
            let (before, after) = match orders(change) {
                Ok(Some(orders)) => orders,
                Ok(None) => continue,
                Err(unreadable) => {
                    failures.push(unreadable);
                    continue;
                }
            };
            if let Err(error) = self.dispatch(before.as_ref(), &after).await {
                failures.push(change.failed(error));
                break;
            }
        }
        failures
    }
}

impl Dispatch {
    /// Sends the messages that a change calls for. Without `before`, these are all messages that the order waits for.
    pub(crate) async fn dispatch(&self, before: Option<&Order>, after: &Order) -> Result<(), SendError> {
        for due in messages_due_after(before, after, self.clock.now()) {
            self.queues.send(&due).await?;
        }
        Ok(())
    }
}

/// The order before and after a change; `None` if it was deleted. Only an operator deletes orders, and that calls for
/// no messages.
///
/// An unreadable image from before counts as none: the item was just repaired, and all messages it waits for are due.
pub(crate) fn orders(change: &Change) -> Result<Option<(Option<Order>, Order)>, Failure> {
    let after = change.after().map_err(|error| change.failed_permanently(error))?;
    Ok(after.map(|after| (change.before().unwrap_or_default(), after)))
}

#[cfg(test)]
mod tests;
