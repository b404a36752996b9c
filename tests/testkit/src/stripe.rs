//! A fake Stripe for tests: it follows Stripe's rules (idempotency keys, states, limits, signed webhooks), has a
//! journal that survives `kill -9`, and injects faults on demand.
//!
//! In a test: [`StripeFake::start`]. As a process: the binary `stripe-fake`. Additional routes:
//!
//! | call | what it does |
//! |---|---|
//! | `GET /authenticate/{intent}` | the shopper completes a required action; `?outcome=fail`: fails it |
//! | `POST /_control/payment_intents/{intent}/{status}` | the bank decides: `succeeded`, `processing`, `requires_payment_method` |
//! | `POST /_control/refunds/{refund}/{status}` | the bank settles a refund: `succeeded`, `failed` |
//! | `POST /_control/faults` `{"next": ["timeout_after", null], "per_mille": 50, "seed": 7}` | injects faults from now on |
//! | `GET /_control/state` | all intents and refunds, and the number of undelivered events |

mod faults;
mod http;
mod records;
mod rules;
mod webhooks;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use souk_domain::effects::Clock;
use souk_domain::time::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use self::faults::Faults;
use self::records::Records;
use self::rules::Context;

pub use self::faults::Fault;
pub use self::records::{Intent, Refund};

/// Options of a fake.
#[derive(Clone)]
pub struct StripeFakeOptions {
    /// The file of its journal; in memory only if not given.
    pub journal: Option<PathBuf>,
    /// The URL that events are delivered to; they wait for [`StripeFake::take_messages`] if not given.
    pub webhook_url: Option<String>,
    /// The signing secret of events.
    pub webhook_secret: String,
    /// Delivers each event twice, newest first.
    pub duplicate_webhooks: bool,
    /// How long a request without a response hangs.
    pub hang: Duration,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl Default for StripeFakeOptions {
    fn default() -> Self {
        Self {
            journal: None,
            webhook_url: None,
            webhook_secret: "whsec_fake".to_owned(),
            duplicate_webhooks: false,
            hang: Duration::from_secs(30),
            clock: Arc::new(MachineClock),
        }
    }
}

/// A running fake. Clones share it.
#[derive(Clone)]
pub struct StripeFake {
    url: String,
    shared: Arc<Shared>,
}

struct Shared {
    options: StripeFakeOptions,
    records: Mutex<Records>,
    faults: Mutex<Faults>,
    in_use: Mutex<HashSet<String>>,
    changed: Notify,
}

struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

impl StripeFake {
    /// Starts a fake in this process, on a free port.
    pub async fn start(options: StripeFakeOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let (fake, listener) = Self::on(listener, options).expect("a fake");
        // A separate thread, because the server outlives the runtime of the test that starts it.
        let listener = listener.into_std().expect("a listener");
        let served = fake.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            runtime.expect("a runtime").block_on(async move {
                served.serve(TcpListener::from_std(listener).expect("a listener")).await;
            });
        });
        fake
    }

    /// A fake for [`StripeFake::serve`].
    pub fn on(listener: TcpListener, options: StripeFakeOptions) -> std::io::Result<(Self, TcpListener)> {
        let records = options.journal.as_deref().map_or_else(|| Ok(Records::default()), Records::open)?;
        let (faults, in_use) = (Mutex::default(), Mutex::default());
        let shared = Shared { options, records: Mutex::new(records), faults, in_use, changed: Notify::new() };
        let url = format!("http://{}", listener.local_addr()?);
        Ok((Self { url, shared: Arc::new(shared) }, listener))
    }

    /// Serves requests and delivers events, without end.
    pub async fn serve(self, listener: TcpListener) {
        if self.shared.options.webhook_url.is_some() {
            tokio::spawn(webhooks::deliver_forever(self.clone()));
        }
        axum::serve(listener, http::routes(self)).await.expect("served");
    }

    /// Its URL, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// All intents, oldest first.
    pub fn intents(&self) -> Vec<Intent> {
        self.records().intents.values().cloned().collect()
    }

    /// All refunds, oldest first.
    pub fn refunds(&self) -> Vec<Refund> {
        self.records().refunds.values().cloned().collect()
    }

    /// Captured less refunded, in Stripe's units.
    pub fn balance(&self) -> i64 {
        let records = self.records();
        let captured = records.intents.values().map(|intent| intent.amount_received).sum::<i64>();
        captured - records.intents.keys().map(|id| records.refunded(id)).sum::<i64>()
    }

    /// Faults of the next write requests, one each; `None` is a request without a fault.
    pub fn fail_next(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        lock(&self.shared.faults).queue(faults);
    }

    /// The shopper or the bank changes an intent: `succeeded`, `processing`, `requires_payment_method`. False if its
    /// status does not allow that.
    pub fn move_intent(&self, id: &str, status: &str) -> bool {
        let mut records = self.records();
        let moved = rules::move_intent(&mut records, id, status, &self.context());
        moved.map(|(_, change)| records.commit(change)).is_some_and(|()| self.notify())
    }

    /// The bank settles a refund: `succeeded`, `failed`.
    pub fn move_refund(&self, id: &str, status: &str) -> bool {
        let mut records = self.records();
        let moved = rules::move_refund(&mut records, id, status, &self.context());
        moved.map(|(_, change)| records.commit(change)).is_some_and(|()| self.notify())
    }

    /// Takes the undelivered events, oldest first: the header `Stripe-Signature` and the body of each.
    pub fn take_messages(&self) -> Vec<(String, String)> {
        let mut records = self.records();
        let events = records.events.clone();
        let delivered = events.iter().map(|event| event.id.clone()).collect();
        records.commit(records::Change { delivered, ..records::Change::default() });
        events.iter().map(|event| self.signed(event)).collect()
    }

    fn signed(&self, event: &records::Event) -> (String, String) {
        let body = event.body.to_string();
        (webhooks::signature(&body, &self.shared.options.webhook_secret, self.now()), body)
    }

    fn notify(&self) -> bool {
        self.shared.changed.notify_one();
        true
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        lock(&self.shared.records)
    }

    fn now(&self) -> i64 {
        self.shared.options.clock.now().as_millis() / 1000
    }

    fn context(&self) -> Context<'_> {
        Context { now: self.now(), api_version: http::API_VERSION, url: &self.url }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
