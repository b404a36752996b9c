//! A Stripe of our own, for tests: it keeps Stripe's rules (idempotency keys, states, limits, signed webhooks), has a
//! memory that survives `kill -9`, and fails on demand.
//!
//! In a test: [`StripeFake::start`]. As a process: the binary `stripe-fake`. Over HTTP it also answers:
//!
//! | call | what it does |
//! |---|---|
//! | `GET /authenticate/{intent}` | the shopper does what an action asked for; `?outcome=fail`: fails to |
//! | `POST /_control/payment_intents/{intent}/{status}` | the bank decides: `succeeded`, `processing`, `requires_payment_method` |
//! | `POST /_control/refunds/{refund}/{status}` | the bank ends a refund: `succeeded`, `failed` |
//! | `POST /_control/faults` `{"next": ["timeout_after", null], "per_mille": 50, "seed": 7}` | what goes wrong from now on |
//! | `GET /_control/state` | all intents and refunds, and how many messages wait |

mod book;
mod faults;
mod http;
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

use self::book::Book;
use self::faults::Faults;
use self::rules::Context;

pub use self::book::{Intent, Refund};
pub use self::faults::Fault;

/// How a fake is set up.
#[derive(Clone)]
pub struct StripeFakeOptions {
    /// Where its memory is kept; nowhere if not given.
    pub journal: Option<PathBuf>,
    /// Where its messages go; they wait to be taken if not given.
    pub webhook_url: Option<String>,
    /// What it signs them with.
    pub webhook_secret: String,
    /// Each message comes twice, and the newest first.
    pub unruly_webhooks: bool,
    /// How long a request hangs whose answer does not come.
    pub hang: Duration,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Default for StripeFakeOptions {
    fn default() -> Self {
        Self {
            journal: None,
            webhook_url: None,
            webhook_secret: "whsec_fake".to_owned(),
            unruly_webhooks: false,
            hang: Duration::from_secs(30),
            clock: Arc::new(MachineClock),
        }
    }
}

/// A running fake. Clones are the same one.
#[derive(Clone)]
pub struct StripeFake {
    url: String,
    shared: Arc<Shared>,
}

struct Shared {
    options: StripeFakeOptions,
    book: Mutex<Book>,
    faults: Mutex<Faults>,
    in_use: Mutex<HashSet<String>>,
    news: Notify,
}

struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

impl StripeFake {
    /// A new one in this process, on a port of its own.
    pub async fn start(options: StripeFakeOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let (fake, listener) = Self::on(listener, options).expect("a fake");
        // A thread of its own: the server outlives the runtime of whichever test came first.
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

    /// One that [`StripeFake::serve`] is to serve.
    pub fn on(listener: TcpListener, options: StripeFakeOptions) -> std::io::Result<(Self, TcpListener)> {
        let book = options.journal.as_deref().map_or_else(|| Ok(Book::default()), Book::open)?;
        let (faults, in_use) = (Mutex::default(), Mutex::default());
        let shared = Shared { options, book: Mutex::new(book), faults, in_use, news: Notify::new() };
        let url = format!("http://{}", listener.local_addr()?);
        Ok((Self { url, shared: Arc::new(shared) }, listener))
    }

    /// Answers requests and delivers messages, for ever.
    pub async fn serve(self, listener: TcpListener) {
        if self.shared.options.webhook_url.is_some() {
            tokio::spawn(webhooks::deliver_for_ever(self.clone()));
        }
        axum::serve(listener, http::routes(self)).await.expect("served");
    }

    /// Where it answers, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// All intents, oldest first.
    pub fn intents(&self) -> Vec<Intent> {
        self.book().intents.values().cloned().collect()
    }

    /// All refunds, oldest first.
    pub fn refunds(&self) -> Vec<Refund> {
        self.book().refunds.values().cloned().collect()
    }

    /// What was taken and not given back, in Stripe's units.
    pub fn balance(&self) -> i64 {
        let book = self.book();
        let taken = book.intents.values().map(|intent| intent.amount_received).sum::<i64>();
        taken - book.intents.keys().map(|id| book.refunded(id)).sum::<i64>()
    }

    /// The next writing requests meet these, one each; `None` is one that goes well.
    pub fn fail_next(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        lock(&self.shared.faults).queue(faults);
    }

    /// The shopper or the bank moves an intent on: `succeeded`, `processing`, `requires_payment_method`. False if it
    /// stands where it cannot go there.
    pub fn move_intent(&self, id: &str, status: &str) -> bool {
        let mut book = self.book();
        let moved = rules::move_intent(&mut book, id, status, &self.context());
        moved.map(|(_, change)| book.commit(change)).is_some_and(|()| self.has_news())
    }

    /// The bank ends a refund: `succeeded`, `failed`.
    pub fn move_refund(&self, id: &str, status: &str) -> bool {
        let mut book = self.book();
        let moved = rules::move_refund(&mut book, id, status, &self.context());
        moved.map(|(_, change)| book.commit(change)).is_some_and(|()| self.has_news())
    }

    /// Takes the messages that wait, oldest first: the header `Stripe-Signature` and the body of each.
    pub fn take_messages(&self) -> Vec<(String, String)> {
        let mut book = self.book();
        let events = book.events.clone();
        let delivered = events.iter().map(|event| event.id.clone()).collect();
        book.commit(book::Change { delivered, ..book::Change::default() });
        events.iter().map(|event| self.signed(event)).collect()
    }

    fn signed(&self, event: &book::Event) -> (String, String) {
        let body = event.body.to_string();
        (webhooks::signature(&body, &self.shared.options.webhook_secret, self.now()), body)
    }

    fn has_news(&self) -> bool {
        self.shared.news.notify_one();
        true
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        lock(&self.shared.book)
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
