//! Publishes changes of orders on the event bus, for other systems.

use souk_domain::event::events_after;
use souk_runtime::Dependencies;
use souk_runtime::bus::EventBus;
use souk_runtime::config::ConfigError;
use souk_runtime::stream::{Change, ChangeHandler, Failure};

use crate::dispatch::orders;

/// Publishes domain events of orders.
pub struct PublishEvents {
    /// The event bus.
    pub bus: EventBus,
}

impl PublishEvents {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { bus: deps.event_bus()? })
    }
}

impl ChangeHandler for PublishEvents {
    /// Publishes all events at once: receivers are promised no order, and deduplicate events.
    async fn handle(&self, changes: &[Change]) -> Vec<Failure> {
        let (mut events, mut changed_by, mut failures) = (Vec::new(), Vec::new(), Vec::new());
        for change in changes {
            match orders(change) {
                Ok(None) => {}
                Ok(Some((before, after))) => {
                    events.extend(events_after(before.as_ref(), &after));
                    changed_by.resize(events.len(), change);
                }
                Err(unreadable) => failures.push(unreadable),
            }
        }
        if let Err(error) = self.bus.publish(&events).await {
            failures.extend(error.failed.into_iter().map(|event| {
                let change = changed_by[event.index];
                if event.permanent { change.failed_permanently(event.reason) } else { change.failed(event.reason) }
            }));
        }
        failures
    }
}

#[cfg(test)]
mod tests;
