//! The event bus: publishes domain events to other systems through Amazon EventBridge.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use souk_domain::effects::Random;
use souk_domain::event::DomainEvent;

/// EventBridge's limit of events for one call.
const MAX_ENTRIES: usize = 10;
/// EventBridge's limit of bytes for one call.
const MAX_BYTES: usize = 256 * 1024;
/// What an event's time adds to its size, by EventBridge's rules.
const TIME_BYTES: usize = 14;
/// Attempts to publish the events of one call while the bus accepts only some. The client itself retries failed calls.
const ATTEMPTS: u32 = 4;
/// The longest first wait between two attempts; doubled for each further one.
const BACK_OFF_MS: u64 = 50;
/// Error codes of events that would be rejected again.
const PERMANENT: [&str; 3] = ["InvalidArgument", "MalformedDetail", "RedactionFailure"];

/// One bus.
#[derive(Clone)]
pub struct EventBus {
    client: Client,
    name: String,
    random: Arc<dyn Random>,
}

/// Some events were not published; the others were.
#[derive(Debug, thiserror::Error)]
#[error("{} events were not published, the first because {}", .failed.len(), .failed.first().map_or("", |first| first.reason.as_str()))]
pub struct PublishError {
    /// The failed events in ascending order; never empty.
    pub failed: Vec<Unpublished>,
}

/// An event that was not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpublished {
    /// Its index among the events.
    pub index: usize,
    /// The reason, for the log.
    pub reason: String,
    /// Whether it would be rejected again.
    pub permanent: bool,
}

/// An event to publish.
struct Entry {
    index: usize,
    bytes: usize,
    request: PutEventsRequestEntry,
}

impl EventBus {
    /// The bus of that name.
    pub fn new(client: Client, name: impl Into<String>, random: Arc<dyn Random>) -> Self {
        Self { client, name: name.into(), random }
    }

    /// Publishes events in as few calls as possible. A repeated event has the same `event_id`, so after an error all of
    /// them may be published again.
    pub async fn publish(&self, events: &[DomainEvent]) -> Result<(), PublishError> {
        let mut failed = Vec::new();
        let mut entries = Vec::with_capacity(events.len());
        for (index, event) in events.iter().enumerate() {
            match self.entry(index, event) {
                Ok(entry) => entries.push(entry),
                Err(reason) => failed.push(Unpublished { index, reason, permanent: true }),
            }
        }
        let mut calls = calls(entries).into_iter();
        for call in calls.by_ref() {
            if let Err((left, reason)) = self.put(call, &mut failed).await {
                // The bus is not reachable: more calls would only make the caller wait for each.
                let unsent = calls.flatten().chain(left);
                failed.extend(unsent.map(|Entry { index, .. }| Unpublished {
                    index,
                    reason: reason.clone(),
                    permanent: false,
                }));
                break;
            }
        }
        failed.sort_by_key(|unpublished| unpublished.index);
        if failed.is_empty() { Ok(()) } else { Err(PublishError { failed }) }
    }

    /// Publishes events until each is accepted or rejected permanently, or no attempts are left. `Err` has the
    /// remaining events when a call fails.
    async fn put(&self, mut entries: Vec<Entry>, failed: &mut Vec<Unpublished>) -> Result<(), (Vec<Entry>, String)> {
        for attempt in 1..=ATTEMPTS {
            let requests = entries.iter().map(|entry| entry.request.clone()).collect();
            let results = match self.client.put_events().set_entries(Some(requests)).send().await {
                Ok(answer) => answer.entries.unwrap_or_default(),
                // Not the whole error: it quotes the response.
                Err(error) => return Err((entries, format!("EventBridge failed: {error}"))),
            };
            let mut retry = Vec::new();
            // Results have the order of the entries. An entry without a result was not accepted.
            let mut results = results.into_iter();
            for entry in entries {
                let result = results.next();
                if result.as_ref().is_some_and(|result| result.error_code.is_none()) {
                    continue;
                }
                let code = result.and_then(|result| result.error_code).unwrap_or_else(|| "no result".to_owned());
                let permanent = PERMANENT.contains(&code.as_str());
                if permanent || attempt == ATTEMPTS {
                    let reason = format!("EventBridge rejected the event: {code}");
                    failed.push(Unpublished { index: entry.index, reason, permanent });
                } else {
                    retry.push(entry);
                }
            }
            if retry.is_empty() {
                break;
            }
            entries = retry;
            let wait_ms = 1 + self.random.below(BACK_OFF_MS << attempt.min(6));
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        }
        Ok(())
    }

    fn entry(&self, index: usize, event: &DomainEvent) -> Result<Entry, String> {
        let detail = serde_json::to_string(event).map_err(|error| error.to_string())?;
        let (source, detail_type) = (event.payload.source(), event.payload.detail_type());
        let bytes = TIME_BYTES + source.len() + detail_type.len() + detail.len();
        if bytes > MAX_BYTES {
            return Err(format!("the event has {bytes} bytes"));
        }
        let request = PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .time(DateTime::from_millis(event.occurred_at.as_millis()))
            .source(source)
            .detail_type(detail_type)
            .detail(detail)
            .build();
        Ok(Entry { index, bytes, request })
    }
}

/// Groups entries by call, within EventBridge's limits.
fn calls(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let mut calls: Vec<Vec<Entry>> = Vec::new();
    let mut bytes = 0;
    for entry in entries {
        match calls.last_mut() {
            Some(call) if call.len() < MAX_ENTRIES && bytes + entry.bytes <= MAX_BYTES => {
                bytes += entry.bytes;
                call.push(entry);
            }
            _ => {
                bytes = entry.bytes;
                calls.push(vec![entry]);
            }
        }
    }
    calls
}

#[cfg(test)]
mod tests;
