//! What the fake knows, and its journal: every change is one line, written before anybody hears of it.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A PaymentIntent, as Stripe would answer it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// `pi_…`
    pub id: String,
    pub(super) object: String,
    /// What is to be taken, in Stripe's units.
    pub amount: i64,
    /// What was taken.
    pub amount_received: i64,
    /// Lower case.
    pub currency: String,
    /// `succeeded`, `processing`, `requires_action`, `requires_payment_method`, `canceled`.
    pub status: String,
    /// `pm_…` or `ctoken_…`: decides what becomes of it.
    pub payment_method: Option<String>,
    pub(super) payment_method_types: Vec<String>,
    /// As the caller gave it.
    pub metadata: BTreeMap<String, String>,
    pub(super) next_action: Option<Value>,
    pub(super) last_payment_error: Option<Value>,
    pub(super) cancellation_reason: Option<String>,
    pub(super) created: i64,
    pub(super) livemode: bool,
}

/// A refund, as Stripe would answer it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// `re_…`
    pub id: String,
    pub(super) object: String,
    /// How much, in Stripe's units.
    pub amount: i64,
    /// Lower case.
    pub currency: String,
    /// Of which intent.
    pub payment_intent: String,
    /// `succeeded`, `pending`, `failed`.
    pub status: String,
    pub(super) failure_reason: Option<String>,
    /// As the caller gave it.
    pub metadata: BTreeMap<String, String>,
    pub(super) created: i64,
}

/// The answer kept for an idempotency key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) key: String,
    pub(super) fingerprint: String,
    pub(super) status: u16,
    pub(super) body: Value,
    /// Seconds since the epoch.
    pub(super) at: i64,
}

/// A message for the webhook.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) body: Value,
}

/// One change, all of it or nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Change {
    pub(super) intents: Vec<Intent>,
    pub(super) refunds: Vec<Refund>,
    pub(super) kept: Vec<Kept>,
    pub(super) events: Vec<Event>,
    pub(super) delivered: Vec<String>,
    pub(super) last_id: u64,
}

/// Everything.
#[derive(Default)]
pub(super) struct Book {
    pub(super) intents: BTreeMap<String, Intent>,
    pub(super) refunds: BTreeMap<String, Refund>,
    pub(super) kept: BTreeMap<String, Kept>,
    /// Not delivered yet, oldest first.
    pub(super) events: Vec<Event>,
    last_id: u64,
    journal: Option<File>,
}

impl Book {
    /// The book that a journal holds; a new one if there is none. A line that a kill cut short was never heard of by
    /// anybody, and is taken off.
    pub(super) fn open(path: &Path) -> std::io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let (mut book, mut whole_bytes) = (Self::default(), 0);
        let mut reader = BufReader::new(&file);
        let mut line = String::new();
        while reader.read_line(&mut line)? > 0 && line.ends_with('\n') {
            let change = serde_json::from_str(&line).map_err(std::io::Error::other)?;
            book.take_in(change);
            whole_bytes += line.len() as u64;
            line.clear();
        }
        file.set_len(whole_bytes)?;
        file.seek(SeekFrom::End(0))?;
        book.journal = Some(file);
        Ok(book)
    }

    /// Makes a change: in the journal first, then here. A kill of this process loses nothing that was written.
    pub(super) fn commit(&mut self, mut change: Change) {
        change.last_id = self.last_id;
        if let Some(journal) = &mut self.journal {
            let mut line = serde_json::to_vec(&change).expect("a change is JSON");
            line.push(b'\n');
            journal.write_all(&line).expect("the journal takes a line");
        }
        self.take_in(change);
    }

    /// `pi_fake_000001`, …
    pub(super) fn new_id(&mut self, kind: &str) -> String {
        self.last_id += 1;
        format!("{kind}_fake_{:06}", self.last_id)
    }

    /// A message that an object changed.
    pub(super) fn event(&mut self, kind: &str, object: &impl Serialize, api_version: &str, created: i64) -> Event {
        let id = self.new_id("evt");
        let body = json!({
            "id": id, "object": "event", "api_version": api_version, "created": created, "type": kind,
            "livemode": false, "pending_webhooks": 1, "data": {"object": object},
        });
        Event { id, body }
    }

    /// What was refunded of an intent, or is about to be.
    pub(super) fn refunded(&self, payment_intent: &str) -> i64 {
        let of_it = self.refunds.values().filter(|refund| refund.payment_intent == payment_intent);
        of_it.filter(|refund| refund.status != "failed").map(|refund| refund.amount).sum()
    }

    fn take_in(&mut self, change: Change) {
        self.intents.extend(change.intents.into_iter().map(|intent| (intent.id.clone(), intent)));
        self.refunds.extend(change.refunds.into_iter().map(|refund| (refund.id.clone(), refund)));
        self.kept.extend(change.kept.into_iter().map(|kept| (kept.key.clone(), kept)));
        self.events.extend(change.events);
        self.events.retain(|event| !change.delivered.contains(&event.id));
        self.last_id = self.last_id.max(change.last_id);
    }
}
