//! What AWS does around the functions: it reads the orders stream, keeps messages until they are due, delivers them at least
//! once, and sets aside what fails too often.

use aws_lambda_events::dynamodb;
use aws_lambda_events::sqs::SqsEvent;
use serde_json::{Value, json};
use souk_domain::effects::Clock;
use souk_domain::time::Timestamp;
use souk_runtime::batch::{Consumer, consume_batch};
use souk_runtime::stream::handle_batch;
use souk_testkit::Stream;

use crate::shop::Shop;

/// After so many failed deliveries a message goes to its dead-letter queue, as in template.yaml.
const MAX_RECEIVES: u32 = 5;
/// How long a message that failed stays out of sight, in seconds, as in template.yaml.
const VISIBILITY_SECONDS: i64 = 180;
/// More rounds than any order's life has steps.
const MAX_ROUNDS: usize = 200;

/// The queues and the stream around a shop.
pub struct Platform {
    stream: Stream,
    /// Records that were read and not handled yet, oldest first.
    records: Vec<Value>,
    waiting: Vec<Waiting>,
    dead: Vec<Waiting>,
    /// Every message is delivered twice.
    twice: bool,
}

#[derive(Debug, Clone)]
struct Waiting {
    queue: String,
    body: String,
    due_at: Timestamp,
    receives: u32,
}

impl Platform {
    /// The platform around a shop that has no orders yet.
    pub fn around(shop: &Shop) -> Self {
        let stream = shop.database.stream("orders");
        Self { stream, records: Vec::new(), waiting: Vec::new(), dead: Vec::new(), twice: false }
    }

    /// The same, but it delivers every record and every message twice, as it may.
    #[must_use]
    pub fn delivering_twice(self) -> Self {
        Self { twice: true, ..self }
    }

    /// Hands new records of the stream to `dispatch` and takes over what it sent. When it fails or crashes, the records
    /// stay, and the next call hands over all of them again.
    pub async fn dispatch(&mut self, shop: &Shop) {
        self.records.extend(self.stream.read());
        for _ in 0..if self.twice { 2 } else { 1 } {
            if self.records.is_empty() {
                break;
            }
            let event: dynamodb::Event =
                serde_json::from_value(json!({"Records": self.records})).expect("records are an event");
            let handled = shop.gate.run(handle_batch("dispatch", &shop.dispatch(), event)).await;
            let response = handled.map(|response| serde_json::to_value(response).expect("an answer is JSON"));
            let failed = response.is_none_or(|answer| answer["batchItemFailures"] != json!([]));
            if failed {
                self.take_over(shop);
                return;
            }
        }
        self.records.clear();
        self.take_over(shop);
    }

    /// Delivers every message that is due; what fails comes again later.
    pub async fn deliver_due(&mut self, shop: &Shop) {
        self.deliver_if(shop, |_| true).await;
    }

    /// Delivers what is due in one queue only: the others are slow.
    pub async fn deliver_due_in(&mut self, queue: &str, shop: &Shop) {
        self.deliver_if(shop, |message| message.queue == queue).await;
    }

    async fn deliver_if(&mut self, shop: &Shop, chosen: impl Fn(&Waiting) -> bool) {
        let now = shop.clock.now();
        let is_due = |message: &Waiting| message.due_at <= now && chosen(message);
        let (due, later) = self.waiting.drain(..).partition(is_due);
        self.waiting = later;
        for mut message in due {
            message.receives += 1;
            let mut done = self.deliver(shop, &message).await;
            if self.twice {
                done = self.deliver(shop, &message).await && done;
            }
            if !done {
                message.due_at = now.plus_seconds(VISIBILITY_SECONDS);
                let shelf = if message.receives < MAX_RECEIVES { &mut self.waiting } else { &mut self.dead };
                shelf.push(message);
            }
        }
    }

    /// Lets time pass and everything happen until nothing is left to happen.
    pub async fn settle_down(&mut self, shop: &Shop) {
        for _ in 0..MAX_ROUNDS {
            self.dispatch(shop).await;
            self.deliver_due(shop).await;
            self.records.extend(self.stream.read());
            if !self.records.is_empty() {
                continue;
            }
            let Some(next) = self.waiting.iter().map(|message| message.due_at).min() else { return };
            shop.clock.advance_seconds(shop.clock.now().seconds_until(next));
        }
        panic!("it never ends: {:?}", self.waiting);
    }

    /// How many messages were given up on.
    pub fn dead_letters(&self) -> usize {
        self.dead.len()
    }

    /// Puts back what was given up on.
    pub fn redrive(&mut self) {
        self.waiting.extend(self.dead.drain(..).map(|message| Waiting { receives: 0, ..message }));
    }

    fn take_over(&mut self, shop: &Shop) {
        let now = shop.clock.now();
        let sent = shop.wire.take_sent().into_iter().map(|sent| Waiting {
            queue: sent.queue,
            body: sent.body,
            due_at: now.plus_seconds(sent.delay_seconds),
            receives: 0,
        });
        self.waiting.extend(sent);
    }

    async fn deliver(&self, shop: &Shop, message: &Waiting) -> bool {
        match message.queue.as_str() {
            "order" => consumed(shop, "expire-order", shop.expire_order(), message).await,
            "payment" => consumed(shop, "check-payment", shop.check_payment(), message).await,
            "refund" => consumed(shop, "refund-order", shop.refund_order(), message).await,
            other => panic!("no function reads the queue {other}"),
        }
    }
}

async fn consumed<C: Consumer>(shop: &Shop, function: &'static str, consumer: C, message: &Waiting) -> bool {
    let event = json!({"Records": [{"messageId": "1", "body": message.body}]});
    let event: SqsEvent = serde_json::from_value(event).expect("an event");
    let response = shop.gate.run(consume_batch(function, &consumer, event)).await;
    response.is_some_and(|response| response.batch_item_failures.is_empty())
}
