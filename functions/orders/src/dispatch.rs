//! The orders stream is the outbox: what changed in an order decides which messages are due, and nothing else sends any.

use std::sync::Arc;

use souk_domain::effects::Clock;
use souk_domain::message::messages_due_after;
use souk_domain::order::Order;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::queues::{Queues, SendError};
use souk_runtime::stream::{Change, ChangeHandler, Failure};

/// The handler.
pub struct Dispatch {
    /// Where messages go.
    pub queues: Queues,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Dispatch {
    /// With the stores and settings that the environment names.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { queues: deps.queues()?, clock: deps.clock() })
    }
}

impl ChangeHandler for Dispatch {
    /// In order, and not past a queue that does not answer: Lambda delivers again from there on.
    async fn handle(&self, changes: &[Change]) -> Vec<Failure> {
        let mut failures = Vec::new();
        for change in changes {
            let (before, after) = match orders(change) {
                Ok(Some(orders)) => orders,
                Ok(None) => continue,
                Err(hopeless) => {
                    failures.push(hopeless);
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
    /// Sends what is due; all that an order waits for when there is no `before`.
    pub(crate) async fn dispatch(&self, before: Option<&Order>, after: &Order) -> Result<(), SendError> {
        for due in messages_due_after(before, after, self.clock.now()) {
            self.queues.send(&due).await?;
        }
        Ok(())
    }
}

/// The order before and after a change; `None` if it is gone. Orders are not deleted; if an operator does so, nothing is due.
///
/// An image of before that cannot be read counts as none: somebody has just mended the item, and what is due now is due
/// whatever was before.
pub(crate) fn orders(change: &Change) -> Result<Option<(Option<Order>, Order)>, Failure> {
    let after = change.after().map_err(|error| change.hopeless(error))?;
    Ok(after.map(|after| (change.before().unwrap_or_default(), after)))
}

#[cfg(test)]
mod tests;
