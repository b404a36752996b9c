//! Messages of the queues and domain events: the samples that the tests of the code use.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::{SampleFile, read};

/// A sample event of a function that consumes a queue. Other events do not fit.
#[derive(Deserialize)]
struct QueueEvent {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    body: String,
    #[serde(rename = "eventSourceARN")]
    event_source_arn: String,
}

/// The messages in the sample events, a file for each queue.
pub(super) fn of_all_queues(events: &Path) -> Result<Vec<SampleFile>> {
    let mut queues: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut files = Vec::new();
    for entry in fs::read_dir(events).with_context(|| format!("cannot list {}", events.display()))? {
        files.push(entry?.path());
    }
    files.sort();
    for file in files {
        let Ok(event) = serde_json::from_str::<QueueEvent>(&read(&file)?) else { continue };
        for record in event.records {
            let message = serde_json::from_str(&record.body)
                .with_context(|| format!("{} has a message that is not JSON", file.display()))?;
            queues.entry(queue_name(&record.event_source_arn).to_owned()).or_default().push(message);
        }
    }
    ensure!(!queues.is_empty(), "{} has no event of a queue", events.display());
    queues.iter().map(|(queue, messages)| SampleFile::json(format!("messages/{queue}.json"), messages)).collect()
}

/// `refund` of `arn:aws:sqs:us-east-1:123456789012:souk-refund`.
fn queue_name(arn: &str) -> &str {
    let name = arn.rsplit(':').next().unwrap_or(arn);
    name.split_once('-').map_or(name, |(_, queue)| queue)
}

/// The event under each `### <type>` of docs/events.md.
pub(super) fn events(document: &str) -> Result<Vec<SampleFile>> {
    let mut files = Vec::new();
    for section in document.split("\n### ").skip(1) {
        let (detail_type, text) = section.split_once('\n').context("a heading without a text")?;
        let json = text.split_once("```json\n").and_then(|(_, rest)| rest.split_once("```"));
        let (json, _) = json.with_context(|| format!("docs/events.md has no example of {detail_type}"))?;
        let event: Value = serde_json::from_str(json).with_context(|| format!("the example of {detail_type}"))?;
        files.push(SampleFile::json(format!("events/{detail_type}.json"), &event)?);
    }
    ensure!(!files.is_empty(), "docs/events.md has no events");
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn paths(files: &[SampleFile]) -> Vec<PathBuf> {
        files.iter().map(|file| file.path.clone()).collect()
    }

    #[test]
    fn every_queue_has_a_message() {
        let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
        let files = of_all_queues(&events).expect("messages");
        let queues = ["erasure", "import", "mail", "order", "payment", "refund"];
        assert_eq!(paths(&files), queues.map(|queue| PathBuf::from(format!("messages/{queue}.json"))));
        assert!(files[3].text.contains(r#""type": "expire_order""#), "{}", files[3].text);
    }

    #[test]
    fn events_are_the_documented_ones() {
        let document = "# Events\n\n### order.paid.v1\nPaid.\n```json\n{\"order_id\": \"1\"}\n```\n\n### stock.out.v1\n\
            Sold out.\n```json\n{}\n```\n";
        let files = events(document).expect("events");
        assert_eq!(paths(&files), ["events/order.paid.v1.json", "events/stock.out.v1.json"].map(PathBuf::from));
        assert_eq!(files[0].text, "{\n  \"order_id\": \"1\"\n}\n");
        assert!(events("### order.paid.v1\nNothing.\n").is_err());
    }
}
