//! The AWS services that invoke functions: streams, and queues with delays, at-least-once delivery and dead letters.

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

/// maxReceiveCount of the queues in template.yaml.
const MAX_RECEIVES: u32 = 5;
/// Visibility timeout of the queues in template.yaml.
const VISIBILITY_SECONDS: i64 = 180;
/// More rounds than the lifecycle of any order takes.
const MAX_ROUNDS: usize = 200;

/// The queues and stream consumers of a shop.
pub struct Platform {
    dispatch: StreamConsumer,
    publish: StreamConsumer,
    watch: StreamConsumer,
    waiting: Vec<QueuedMessage>,
    dead: Vec<QueuedMessage>,
}

/// The position of a function in a stream.
struct StreamConsumer {
    stream: Stream,
    /// Records that are not handled yet, oldest first.
    records: Vec<Value>,
    /// Handled records.
    handled: Vec<Value>,
}

#[derive(Debug, Clone)]
struct QueuedMessage {
    queue: String,
    body: String,
    due_at: Timestamp,
    receives: u32,
}

impl StreamConsumer {
    fn of(table: &str, shop: &Shop) -> Self {
        Self { stream: shop.database.stream(table), records: Vec::new(), handled: Vec::new() }
    }

    /// Whether records wait to be handled.
    fn has_records(&mut self) -> bool {
        self.records.extend(self.stream.read());
        !self.records.is_empty()
    }

    /// Invokes a function with new records. If it fails or crashes, the next call retries all of them.
    async fn feed<H: ChangeHandler>(&mut self, shop: &Shop, function: &'static str, handler: H) {
        if !self.has_records() {
            return;
        }
        let event = json!({"Records": self.records});
        let event: dynamodb::Event = serde_json::from_value(event).expect("records are an event");
        let dead_letters = shop.stream_dead_letters();
        let response = shop.injector.run(handle_batch(function, &handler, &dead_letters, event)).await;
        let answer = response.map(|response| serde_json::to_value(response).expect("an answer is JSON"));
        if answer.is_some_and(|answer| answer["batchItemFailures"] == json!([])) {
            self.handled.append(&mut self.records);
        }
    }
}

impl Platform {
    /// The platform of a shop that has no orders yet.
    pub fn of(shop: &Shop) -> Self {
        let [dispatch, publish] = ["orders"; 2].map(|table| StreamConsumer::of(table, shop));
        Self { dispatch, publish, watch: StreamConsumer::of("inventory", shop), waiting: Vec::new(), dead: Vec::new() }
    }

    /// Invokes `dispatch` with new records and enqueues the messages that it sent.
    pub async fn dispatch(&mut self, shop: &Shop) {
        self.dispatch.feed(shop, "dispatch", shop.dispatch()).await;
        self.enqueue_sent(shop);
    }

    /// Invokes `publish-events` with new records.
    pub async fn publish(&mut self, shop: &Shop) {
        self.publish.feed(shop, "publish-events", shop.publish_events()).await;
    }

    /// Invokes `watch-stock` with the new records that match its filter in template.yaml.
    pub async fn watch(&mut self, shop: &Shop) {
        self.watch.has_records();
        self.watch.records.retain(|record| {
            let image = |name: &str| &record["dynamodb"][name]["available"];
            !image("NewImage").is_null() || !image("OldImage").is_null()
        });
        self.watch.feed(shop, "watch-stock", shop.watch_stock()).await;
    }

    /// The ids of the events that all changes so far must publish.
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

    /// Delivers every due message; a failed one is delivered again later.
    pub async fn deliver_due(&mut self, shop: &Shop) {
        self.deliver_if(shop, |_| true).await;
    }

    /// Delivers the due messages of one queue only.
    pub async fn deliver_due_in(&mut self, queue: &str, shop: &Shop) {
        self.deliver_if(shop, |message| message.queue == queue).await;
    }

    async fn deliver_if(&mut self, shop: &Shop, chosen: impl Fn(&QueuedMessage) -> bool) {
        let now = shop.clock.now();
        let is_due = |message: &QueuedMessage| message.due_at <= now && chosen(message);
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
        self.enqueue_sent(shop);
    }

    /// Advances the clock and processes records and messages until none is left.
    pub async fn run_until_idle(&mut self, shop: &Shop) {
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
        panic!("still busy after {MAX_ROUNDS} rounds: {:?}", self.waiting);
    }

    /// The number of dead letters.
    pub fn dead_letters(&self) -> usize {
        self.dead.len()
    }

    /// Moves dead letters back to their queues.
    pub fn redrive(&mut self) {
        self.waiting.extend(self.dead.drain(..).map(|message| QueuedMessage { receives: 0, ..message }));
    }

    /// Enqueues the messages that were sent since the last call.
    pub fn enqueue_sent(&mut self, shop: &Shop) {
        let now = shop.clock.now();
        let sent = shop.aws.take_sent().into_iter().map(|sent| QueuedMessage {
            queue: sent.queue,
            body: sent.body,
            due_at: now.plus_seconds(sent.delay_seconds),
            receives: 0,
        });
        self.waiting.extend(sent);
    }
}

async fn deliver(shop: &Shop, message: &QueuedMessage) -> bool {
    match message.queue.as_str() {
        "order" => consumed(shop, "expire-order", shop.expire_order(), message).await,
        "erasure" => consumed(shop, "erase-orders", shop.erase_orders(), message).await,
        "payment" => consumed(shop, "check-payment", shop.check_payment(), message).await,
        "refund" => consumed(shop, "refund-order", shop.refund_order(), message).await,
        other => panic!("no function reads the queue {other}"),
    }
}

async fn consumed<C: Consumer>(shop: &Shop, function: &'static str, consumer: C, message: &QueuedMessage) -> bool {
    let event = json!({"Records": [{"messageId": "1", "body": message.body}]});
    let event: SqsEvent = serde_json::from_value(event).expect("an event");
    let response = shop.injector.run(consume_batch(function, &consumer, event)).await;
    response.is_some_and(|response| response.batch_item_failures.is_empty())
}
