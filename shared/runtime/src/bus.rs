//! The event bus: what happened, told to other systems through Amazon EventBridge.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use souk_domain::effects::Random;
use souk_domain::event::DomainEvent;

/// Most events of one call, as EventBridge has it.
const MAX_ENTRIES: usize = 10;
/// Most bytes of one call, as EventBridge counts them.
const MAX_BYTES: usize = 256 * 1024;
/// How EventBridge counts an event's time.
const TIME_BYTES: usize = 14;
/// How often the events of one call are offered, if the bus takes only some. The client itself repeats calls that fail.
const TRIES: u32 = 4;
/// The first wait between two offers is at most this; it doubles with each.
const BACK_OFF_MS: u64 = 50;
/// Codes that speak of the event itself: it would be refused again.
const LASTING: [&str; 3] = ["InvalidArgument", "MalformedDetail", "RedactionFailure"];

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
    /// Which, in ascending order; never empty.
    pub failed: Vec<Unpublished>,
}

/// An event that was not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpublished {
    /// Its place among the events that were to be published.
    pub index: usize,
    /// Why, for the log.
    pub reason: String,
    /// Whether it would be refused again.
    pub lasting: bool,
}

/// An event on its way.
struct Entry {
    index: usize,
    bytes: usize,
    request: PutEventsRequestEntry,
}

impl EventBus {
    /// A bus by its name.
    pub fn new(client: Client, name: impl Into<String>, random: Arc<dyn Random>) -> Self {
        Self { client, name: name.into(), random }
    }

    /// Publishes events, in as few calls as their number and size allow. What is told twice has the same `event_id`, so
    /// after an error it does no harm to publish all of them again.
    pub async fn publish(&self, events: &[DomainEvent]) -> Result<(), PublishError> {
        let mut failed = Vec::new();
        let mut entries = Vec::with_capacity(events.len());
        for (index, event) in events.iter().enumerate() {
            match self.entry(index, event) {
                Ok(entry) => entries.push(entry),
                Err(reason) => failed.push(Unpublished { index, reason, lasting: true }),
            }
        }
        let mut calls = calls(entries).into_iter();
        for call in calls.by_ref() {
            if let Err((left, reason)) = self.put(call, &mut failed).await {
                // The bus does not answer: more calls would only make the caller wait for each.
                let unsent = calls.flatten().chain(left);
                failed.extend(unsent.map(|Entry { index, .. }| Unpublished {
                    index,
                    reason: reason.clone(),
                    lasting: false,
                }));
                break;
            }
        }
        failed.sort_by_key(|unpublished| unpublished.index);
        if failed.is_empty() { Ok(()) } else { Err(PublishError { failed }) }
    }

    /// Offers events until the bus has taken each or refused it for good, or the tries are used up. `Err` with what is
    /// left when it does not answer at all.
    async fn put(&self, mut entries: Vec<Entry>, failed: &mut Vec<Unpublished>) -> Result<(), (Vec<Entry>, String)> {
        for tries in 1..=TRIES {
            let requests = entries.iter().map(|entry| entry.request.clone()).collect();
            let results = match self.client.put_events().set_entries(Some(requests)).send().await {
                Ok(answer) => answer.entries.unwrap_or_default(),
                // Not the whole error: it quotes the response.
                Err(error) => return Err((entries, format!("the event bus does not answer: {error}"))),
            };
            let mut again = Vec::new();
            // Results come in the order of the entries. One without a result was not taken.
            let mut results = results.into_iter();
            for entry in entries {
                let result = results.next();
                if result.as_ref().is_some_and(|result| result.error_code.is_none()) {
                    continue;
                }
                let code = result.and_then(|result| result.error_code).unwrap_or_else(|| "no answer".to_owned());
                let lasting = LASTING.contains(&code.as_str());
                if lasting || tries == TRIES {
                    let reason = format!("the event bus says {code}");
                    failed.push(Unpublished { index: entry.index, reason, lasting });
                } else {
                    again.push(entry);
                }
            }
            if again.is_empty() {
                break;
            }
            entries = again;
            let wait_ms = 1 + self.random.below(BACK_OFF_MS << tries.min(6));
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

/// Entries in groups that one call may carry.
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
