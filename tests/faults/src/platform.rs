//! What AWS does around the functions: it feeds them the streams, keeps messages until they are due, delivers them at least
//! once, and sets aside what fails too often.

use std::collections::BTreeSet;

use aws_lambda_events::dynamodb;
use aws_lambda_events::sqs::SqsEvent;
use serde_json::{Value, json};
use souk_domain::effects::Clock;
use souk_domain::event::events_after;
use souk_domain::order::Order;
use souk_domain::time::Timestamp;
use souk_runtime::batch::{Consumer, consume_batch};
use souk_runtime::stream::{Change, ChangeHandler, handle_batch};
use souk_testkit::Stream;

use crate::shop::Shop;

/// After so many failed deliveries a message goes to its dead-letter queue, as in template.yaml.
const MAX_RECEIVES: u32 = 5;
/// How long a message that failed stays out of sight, in seconds, as in template.yaml.
const VISIBILITY_SECONDS: i64 = 180;
/// More rounds than any order's life has steps.
const MAX_ROUNDS: usize = 200;

/// The queues and the readers of the streams around a shop.
pub struct Platform {
    dispatch: Reader,
    publish: Reader,
    watch: Reader,
    waiting: Vec<Waiting>,
    dead: Vec<Waiting>,
}

/// One function's place in the stream.
struct Reader {
    stream: Stream,
    /// Records that were read and not handled yet, oldest first.
    records: Vec<Value>,
    /// Records that were handled.
    handled: Vec<Value>,
}

#[derive(Debug, Clone)]
struct Waiting {
    queue: String,
    body: String,
    due_at: Timestamp,
    receives: u32,
}

impl Reader {
    fn of(table: &str, shop: &Shop) -> Self {
        Self { stream: shop.database.stream(table), records: Vec::new(), handled: Vec::new() }
    }

    /// Whether records wait to be handled.
    fn has_records(&mut self) -> bool {
        self.records.extend(self.stream.read());
        !self.records.is_empty()
    }

    /// Hands new records to a function. When it fails or crashes, the records stay, and the next call hands over all of
    /// them again.
    async fn feed<H: ChangeHandler>(&mut self, shop: &Shop, function: &'static str, handler: H) {
        if !self.has_records() {
            return;
        }
        let event = json!({"Records": self.records});
        let event: dynamodb::Event = serde_json::from_value(event).expect("records are an event");
        let dead_letters = shop.stream_dead_letters();
        let response = shop.gate.run(handle_batch(function, &handler, &dead_letters, event)).await;
        let answer = response.map(|response| serde_json::to_value(response).expect("an answer is JSON"));
        if answer.is_some_and(|answer| answer["batchItemFailures"] == json!([])) {
            self.handled.append(&mut self.records);
        }
    }
}

impl Platform {
    /// The platform around a shop that has no orders yet.
    pub fn around(shop: &Shop) -> Self {
        let [dispatch, publish] = ["orders"; 2].map(|table| Reader::of(table, shop));
        Self { dispatch, publish, watch: Reader::of("inventory", shop), waiting: Vec::new(), dead: Vec::new() }
    }

    /// Hands new records of the stream to `dispatch` and takes over what it sent.
    pub async fn dispatch(&mut self, shop: &Shop) {
        self.dispatch.feed(shop, "dispatch", shop.dispatch()).await;
        self.take_over(shop);
    }

    /// Hands new records of the stream to `publish-events`.
    pub async fn publish(&mut self, shop: &Shop) {
        self.publish.feed(shop, "publish-events", shop.publish_events()).await;
    }

    /// Hands new records of the inventory's stream to `watch-stock`, those that template.yaml's filter lets through.
    pub async fn watch(&mut self, shop: &Shop) {
        self.watch.has_records();
        self.watch.records.retain(|record| {
            let image = |name: &str| &record["dynamodb"][name]["available"];
            !image("NewImage").is_null() || !image("OldImage").is_null()
        });
        self.watch.feed(shop, "watch-stock", shop.watch_stock()).await;
    }

    /// The ids of the events that the changes so far call for.
    pub fn expected_events(&self) -> BTreeSet<String> {
        let event = json!({"Records": self.publish.handled});
        let event: dynamodb::Event = serde_json::from_value(event).expect("records are an event");
        let changes = event.records.into_iter().map(Change::from);
        let events = changes.flat_map(|change| {
            let before: Option<Order> = change.before().expect("an order");
            let after: Order = change.after().expect("an order").expect("orders are not deleted");
            events_after(before.as_ref(), &after)
        });
        events.map(|event| event.event_id).collect()
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
            if !deliver(shop, &message).await {
                message.due_at = now.plus_seconds(VISIBILITY_SECONDS);
                let next = if message.receives < MAX_RECEIVES { &mut self.waiting } else { &mut self.dead };
                next.push(message);
            }
        }
    }

    /// Lets time pass and everything happen until nothing is left to happen.
    pub async fn settle_down(&mut self, shop: &Shop) {
        for _ in 0..MAX_ROUNDS {
            self.dispatch(shop).await;
            self.publish(shop).await;
            self.deliver_due(shop).await;
            self.watch(shop).await;
            if self.dispatch.has_records() || self.publish.has_records() {
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
}

async fn deliver(shop: &Shop, message: &Waiting) -> bool {
    match message.queue.as_str() {
        "order" => consumed(shop, "expire-order", shop.expire_order(), message).await,
        "payment" => consumed(shop, "check-payment", shop.check_payment(), message).await,
        "refund" => consumed(shop, "refund-order", shop.refund_order(), message).await,
        other => panic!("no function reads the queue {other}"),
    }
}

async fn consumed<C: Consumer>(shop: &Shop, function: &'static str, consumer: C, message: &Waiting) -> bool {
    let event = json!({"Records": [{"messageId": "1", "body": message.body}]});
    let event: SqsEvent = serde_json::from_value(event).expect("an event");
    let response = shop.gate.run(consume_batch(function, &consumer, event)).await;
    response.is_some_and(|response| response.batch_item_failures.is_empty())
}
