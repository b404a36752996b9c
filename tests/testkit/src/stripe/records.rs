//! The records of the fake and their journal: every change is one line, written before the response.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A PaymentIntent, as Stripe returns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// `pi_…`
    pub id: String,
    pub(super) object: String,
    /// The amount to capture, in Stripe's units.
    pub amount: i64,
    /// The captured amount.
    pub amount_received: i64,
    /// The currency in lower case.
    pub currency: String,
    /// `succeeded`, `processing`, `requires_action`, `requires_payment_method`, `canceled`.
    pub status: String,
    /// `pm_…` or `ctoken_…`, which decides the outcome.
    pub payment_method: Option<String>,
    pub(super) payment_method_types: Vec<String>,
    /// The metadata of the request.
    pub metadata: BTreeMap<String, String>,
    pub(super) next_action: Option<Value>,
    pub(super) last_payment_error: Option<Value>,
    pub(super) cancellation_reason: Option<String>,
    pub(super) created: i64,
    pub(super) livemode: bool,
}

/// A refund, as Stripe returns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// `re_…`
    pub id: String,
    pub(super) object: String,
    /// The amount in Stripe's units.
    pub amount: i64,
    /// The currency in lower case.
    pub currency: String,
    /// The refunded intent.
    pub payment_intent: String,
    /// `succeeded`, `pending`, `failed`.
    pub status: String,
    pub(super) failure_reason: Option<String>,
    /// The metadata of the request.
    pub metadata: BTreeMap<String, String>,
    pub(super) created: i64,
}

/// The response that is stored for an idempotency key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredResponse {
    pub(super) key: String,
    pub(super) fingerprint: String,
    pub(super) status: u16,
    pub(super) body: Value,
    /// Seconds since the epoch.
    pub(super) at: i64,
}

/// An event for the webhook.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) body: Value,
}

/// An atomic change.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Change {
    pub(super) intents: Vec<Intent>,
    pub(super) refunds: Vec<Refund>,
    pub(super) responses: Vec<StoredResponse>,
    pub(super) events: Vec<Event>,
    pub(super) delivered: Vec<String>,
    pub(super) last_id: u64,
}

/// All records.
#[derive(Default)]
pub(super) struct Records {
    pub(super) intents: BTreeMap<String, Intent>,
    pub(super) refunds: BTreeMap<String, Refund>,
    pub(super) responses: BTreeMap<String, StoredResponse>,
    /// Not delivered yet, oldest first.
    pub(super) events: Vec<Event>,
    last_id: u64,
    journal: Option<File>,
}

impl Records {
    /// The records of a journal, which is created if it does not exist. An incomplete last line has no response yet and
    /// is removed.
    pub(super) fn open(path: &Path) -> std::io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let (mut records, mut complete_bytes) = (Self::default(), 0);
        let mut reader = BufReader::new(&file);
        let mut line = String::new();
        while reader.read_line(&mut line)? > 0 && line.ends_with('\n') {
            let change = serde_json::from_str(&line).map_err(std::io::Error::other)?;
            records.apply(change);
            complete_bytes += line.len() as u64;
            line.clear();
        }
        file.set_len(complete_bytes)?;
        file.seek(SeekFrom::End(0))?;
        records.journal = Some(file);
        Ok(records)
    }

    /// Writes a change to the journal, then applies it.
    pub(super) fn commit(&mut self, mut change: Change) {
        change.last_id = self.last_id;
        if let Some(journal) = &mut self.journal {
            let mut line = serde_json::to_vec(&change).expect("a change is JSON");
            line.push(b'\n');
            journal.write_all(&line).expect("the journal takes a line");
        }
        self.apply(change);
    }

    /// `pi_fake_000001`, …
    pub(super) fn new_id(&mut self, kind: &str) -> String {
        self.last_id += 1;
        format!("{kind}_fake_{:06}", self.last_id)
    }

    /// The event of a changed object.
    pub(super) fn event(&mut self, kind: &str, object: &impl Serialize, api_version: &str, created: i64) -> Event {
        let id = self.new_id("evt");
        let body = json!({
            "id": id, "object": "event", "api_version": api_version, "created": created, "type": kind,
            "livemode": false, "pending_webhooks": 1, "data": {"object": object},
        });
        Event { id, body }
    }

    /// The refunded amount of an intent, pending refunds included.
    pub(super) fn refunded(&self, payment_intent: &str) -> i64 {
        let of_it = self.refunds.values().filter(|refund| refund.payment_intent == payment_intent);
        of_it.filter(|refund| refund.status != "failed").map(|refund| refund.amount).sum()
    }

    fn apply(&mut self, change: Change) {
        self.intents.extend(change.intents.into_iter().map(|intent| (intent.id.clone(), intent)));
        self.refunds.extend(change.refunds.into_iter().map(|refund| (refund.id.clone(), refund)));
        self.responses.extend(change.responses.into_iter().map(|responses| (responses.key.clone(), responses)));
        self.events.extend(change.events);
        self.events.retain(|event| !change.delivered.contains(&event.id));
        self.last_id = self.last_id.max(change.last_id);
    }
}
