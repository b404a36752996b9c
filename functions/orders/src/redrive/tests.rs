use std::sync::Arc;

use serde_json::{Value, json};
use souk_domain::effects::Random;
use souk_domain::message::{OrderQueueMessage, RefundQueueMessage};
use souk_runtime::bus::EventBus;
use souk_runtime::queues::{DeadLetter, Queues};
use souk_testkit::{FakeAws, SeededRandom, user};

use super::*;
use crate::dispatch::Dispatch;
use crate::expire_order::ExpireOrder;
use crate::fixture::Fixture;

mod sqs;

use sqs::Sqs;

const FAILED_INVOCATION: &str = include_str!("tests/lambda-gave-up.json");

/// A shop with queues and a bus that accepts all events.
struct Bench {
    shop: Fixture,
    sqs: Sqs,
    bus: FakeAws,
    redrive: Redrive,
}

impl Bench {
    async fn start(sqs: Sqs) -> Self {
        let shop = Fixture::start().await;
        let bus = FakeAws::start(|_, request| {
            let entries = request["Entries"].as_array().expect("entries").iter();
            (
                200,
                json!({"FailedEntryCount": 0, "Entries": entries.map(|_| json!({"EventId": "e"})).collect::<Vec<_>>()}),
            )
        });
        let mut url = std::collections::HashMap::new();
        for name in ["order", "payment", "refund", "order-dead-letters", "stream-dead-letters"] {
            url.insert(name, sqs.create_queue(name).await);
        }
        let queues = Queues {
            client: sqs.client.clone(),
            order_queue_url: url["order"].clone(),
            payment_queue_url: url["payment"].clone(),
            refund_queue_url: url["refund"].clone(),
        };
        let replay = Replay {
            orders: shop.orders.clone(),
            products: shop.products.clone(),
            dispatch: Dispatch { queues, clock: shop.clock.clone() },
            bus: EventBus::new(
                aws_sdk_eventbridge::Client::new(&bus.sdk_config()),
                "souk",
                Arc::new(SeededRandom::new(7)),
            ),
        };
        let (order, dead, stream) = (&url["order"], &url["order-dead-letters"], &url["stream-dead-letters"]);
        let queues = parse_queues(&format!("order {dead} {order}\nstream {stream} -"), &sqs.client).expect("queues");
        Self { shop, bus, redrive: Redrive { queues, replay }, sqs }
    }

    /// A shop on each available implementation of SQS.
    async fn each() -> Vec<Self> {
        let mut benches = Vec::new();
        for sqs in Sqs::each() {
            benches.push(Self::start(sqs).await);
        }
        benches
    }

    async fn ask(&self, command: Value) -> Report {
        let command = serde_json::from_value(command).expect("a command");
        self.redrive.run(&command).await.expect("done")
    }

    async fn list(&self) -> Report {
        self.ask(json!({"action": "list"})).await
    }

    async fn put(&self, queue: &str, body: impl Into<String>) {
        self.sqs.send(queue, body.into()).await;
    }

    /// An unpaid order.
    async fn place(&self) -> souk_domain::ids::OrderId {
        self.shop.product("a", 100, &[5]).await;
        self.shop.put_in_cart(&user(1), "a", 2).await;
        self.shop.place(&user(1)).await
    }
}

fn dead_letter(function: &str, key: &[(&str, &str)]) -> String {
    let content = DeadLetter {
        function: function.to_owned(),
        table: "souk-orders".to_owned(),
        key: key.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        sequence_number: "7".to_owned(),
        reason: "the image cannot be read".to_owned(),
    };
    serde_json::to_string(&content).expect("JSON")
}

fn kinds(report: &QueueReport) -> Vec<&'static str> {
    let mut kinds: Vec<_> = report.messages.iter().map(|message| message.kind).collect();
    kinds.sort_unstable();
    kinds
}

#[tokio::test]
async fn a_list_shows_kinds_and_ids_and_moves_nothing() {
    for bench in Bench::each().await {
        let order_id = bench.place().await;
        let message = RefundQueueMessage::RefundOrder { user_id: user(1), order_id: order_id.clone(), refund: 2 };
        bench.put("order-dead-letters", serde_json::to_string(&message).expect("JSON")).await;
        bench.put("order-dead-letters", r#"{"secret": "1 Main Street"}"#).await;
        bench.put("stream-dead-letters", dead_letter("dispatch", &[("order_id", "o")])).await;
        bench.put("stream-dead-letters", FAILED_INVOCATION).await;
        for _ in 0..2 {
            let report = bench.list().await;
            let [order, stream] = report.queues.as_slice() else { panic!("{report:?}") };
            assert_eq!((order.queue.as_str(), order.waiting, order.moved), ("order", 2, 0));
            assert_eq!(kinds(order), ["refund_order", "unreadable"]);
            let refund = order.messages.iter().find(|m| m.kind == "refund_order").expect("the refund");
            assert_eq!((refund.ids["order_id"].as_str(), refund.ids["refund"].as_str()), (order_id.as_str(), "2"));
            assert_eq!(kinds(stream), ["lambda_gave_up", "set_aside"]);
            let gave_up = stream.messages.iter().find(|m| m.kind == "lambda_gave_up").expect("Lambda's");
            assert_eq!((gave_up.ids["function"].as_str(), gave_up.ids["records"].as_str()), ("souk-dispatch", "3"));
            assert!(!serde_json::to_string(&report).expect("JSON").contains("Main Street"));
        }
    }
}

#[test]
fn a_notification_of_the_imports_bucket_shows_its_key() {
    let event: Value = serde_json::from_str(include_str!("../../../../events/import-upload.json")).expect("JSON");
    let (kind, ids) = DeadLetterContent::read(event["Records"][0]["body"].as_str().expect("a body")).describe();
    assert_eq!((kind, ids["key"].as_str(), ids.len()), ("object_created", "uploads/autumn goods.jsonl", 1));
}

#[test]
fn a_request_for_a_mail_shows_its_template_and_no_address() {
    let body = r#"{"template":"password_reset","email":"ann@example.com"}"#;
    let (kind, ids) = DeadLetterContent::read(body).describe();
    assert_eq!((kind, ids), ("mail_request", [("template".to_owned(), "password_reset".to_owned())].into()));
}

#[tokio::test]
async fn messages_are_sent_back_unchanged_and_processed() {
    for bench in Bench::each().await {
        let order_id = bench.place().await;
        let message = OrderQueueMessage::ExpireOrder { user_id: user(1), order_id: order_id.clone() };
        let body = serde_json::to_string(&message).expect("JSON").replace(',', " , ");
        bench.put("order-dead-letters", body.clone()).await;
        bench.put("order-dead-letters", "nobody reads this").await;
        let report = bench.ask(json!({"action": "redrive", "queue": "order"})).await;
        assert_eq!((report.queues.len(), report.queues[0].moved, report.queues[0].waiting), (1, 2, 0));
        let mut bodies = bench.sqs.bodies("order").await;
        bodies.sort();
        assert_eq!(bodies, ["nobody reads this".to_owned(), body.clone()]);

        bench.shop.clock.advance_seconds(900);
        let consumer = ExpireOrder { steps: bench.shop.steps(), clock: bench.shop.clock.clone() };
        let event =
            json!({"Records": [{"messageId": "1", "body": body}, {"messageId": "2", "body": "nobody reads this"}]});
        let event = serde_json::from_value(event).expect("an event");
        let answer = souk_runtime::batch::consume_batch("expire-order", &consumer, event).await;
        assert_eq!(answer.batch_item_failures.len(), 1, "only the poison");
        assert_eq!(bench.shop.available("a").await, 5);
    }
}

#[tokio::test]
async fn a_call_moves_no_more_than_its_limit() {
    for bench in Bench::each().await {
        for number in 0..25 {
            bench.put("order-dead-letters", format!("{number}")).await;
        }
        let report = bench.ask(json!({"action": "redrive", "limit": 12})).await;
        assert_eq!((report.queues[0].moved, report.queues[0].waiting, report.queues[1].moved), (12, 13, 0));
        let report = bench.ask(json!({"action": "redrive"})).await;
        assert_eq!((report.queues[0].moved, report.queues[0].waiting), (13, 0));
    }
}

#[tokio::test]
async fn a_stream_record_is_handled_again_with_the_current_order() {
    for bench in Bench::each().await {
        let order_id = bench.place().await;
        bench.shop.clock.advance_seconds(900); // what is due is due now
        let (shopper, other) = (user(1), user(2));
        for function in ["dispatch", "publish-events"] {
            let key = [("user_id", shopper.as_str()), ("order_id", order_id.as_str())];
            bench.put("stream-dead-letters", dead_letter(function, &key)).await;
        }
        let missing_order = [("user_id", other.as_str()), ("order_id", order_id.as_str())];
        bench.put("stream-dead-letters", dead_letter("dispatch", &missing_order)).await;
        bench.put("stream-dead-letters", dead_letter("somebody", &[])).await;
        bench.put("stream-dead-letters", FAILED_INVOCATION).await;

        let report = bench.ask(json!({"action": "redrive", "queue": "stream"})).await;
        let stream = &report.queues[0];
        assert_eq!((stream.moved, stream.waiting), (2, 3), "{stream:?}");
        assert!(stream.messages.iter().all(|message| message.stays_because.is_some()));
        assert_eq!(kinds(stream), ["lambda_gave_up", "set_aside", "set_aside"]);
        let bodies = bench.sqs.bodies("order").await;
        let [body] = bodies.as_slice() else { panic!("{bodies:?}") };
        let expire = OrderQueueMessage::ExpireOrder { user_id: user(1), order_id };
        assert_eq!(serde_json::from_str::<OrderQueueMessage>(body).expect("a message"), expire);
        let (_, published) = bench.bus.calls().remove(0);
        assert_eq!(published["Entries"][0]["DetailType"], "order.placed.v1");
    }
}

#[tokio::test]
async fn a_product_is_written_again_so_that_its_stream_delivers_it_to_search() {
    let bench = Bench::start(Sqs::fake()).await;
    bench.shop.product("a", 100, &[5]).await;
    let version =
        async || bench.shop.products.get(&"a".parse().expect("id")).await.expect("read").expect("there").version;
    let before = version().await;
    for product_id in ["a", "gone"] {
        bench
            .put("stream-dead-letters", dead_letter("index-products", &[("product_id", product_id), ("shard", "x#0")]))
            .await;
    }
    let report = bench.ask(json!({"action": "redrive"})).await;
    assert_eq!(report.queues[1].moved, 1);
    assert!(
        report.queues[1].messages[0]
            .stays_because
            .as_ref()
            .is_some_and(|why| why.contains("the product does not exist"))
    );
    assert!(version().await > before);
}

#[tokio::test]
async fn a_message_that_cannot_be_sent_back_stays() {
    let sqs = Sqs::fake();
    let bench = Bench::start(sqs).await;
    bench.put("order-dead-letters", "{}").await;
    bench.sqs.refuse("order");
    let report = bench.ask(json!({"action": "redrive", "queue": "order"})).await;
    assert_eq!((report.queues[0].moved, report.queues[0].waiting), (0, 1));
    assert!(report.queues[0].messages[0].stays_because.is_some());
}

#[tokio::test]
async fn a_message_can_be_discarded() {
    for bench in Bench::each().await {
        bench.put("stream-dead-letters", FAILED_INVOCATION).await;
        bench.put("stream-dead-letters", dead_letter("dispatch", &[])).await;
        let report = bench.list().await;
        let gave_up = report.queues[1].messages.iter().find(|m| m.kind == "lambda_gave_up").expect("Lambda's");
        let discard = json!({"action": "discard", "queue": "stream", "message_id": gave_up.message_id});
        assert_eq!(bench.ask(discard.clone()).await.queues[0].moved, 1);
        assert_eq!(kinds(&bench.list().await.queues[1]), ["set_aside"]);
        let again = serde_json::from_value(discard).expect("a command");
        assert!(matches!(bench.redrive.run(&again).await, Err(RedriveError::UnknownMessage)));
    }
}

#[tokio::test]
async fn an_unknown_queue_is_an_error() {
    let bench = Bench::start(Sqs::fake()).await;
    let command = serde_json::from_value(json!({"action": "redrive", "queue": "ordr"})).expect("a command");
    assert!(matches!(bench.redrive.run(&command).await, Err(RedriveError::UnknownQueue(_))));
    assert!(serde_json::from_value::<Command>(json!({"action": "purge"})).is_err());
}

#[test]
fn the_list_of_queues_is_checked() {
    let client = aws_sdk_sqs::Client::new(&souk_testkit::sdk_config("http://127.0.0.1:1"));
    for bad in ["", "order", "order https://a", "order https://a https://b payment"] {
        assert!(parse_queues(bad, &client).is_none(), "{bad}");
    }
    assert_eq!(parse_queues("order https://a https://b\n  stream https://c -\n", &client).expect("two").len(), 2);
}

#[test]
fn the_sample_event_is_understood() {
    let event = include_str!("../../../../events/redrive.json");
    assert!(matches!(serde_json::from_str::<Command>(event), Ok(Command::List)));
}

/// A name that is unique on a server that several test runs share.
fn unique(name: &str) -> String {
    format!("test-{}-{:x}-{name}", std::process::id(), souk_runtime::effects::SystemRandom.below(u64::MAX))
}
