//! Domain events for other systems, and dead letters.

use std::sync::{Mutex, PoisonError};

use serde_json::json;
use souk_e2e::{Json, SOON_SECONDS, Shop, credentials, eventually, fresh_email, unique_word};

/// Another system: a rule on the shop's event bus and a queue. Both are deleted with it.
struct Listener {
    shop: &'static Shop,
    name: String,
    queue_url: String,
}

impl Listener {
    /// Subscribes to the events of one shopper's orders.
    fn start(shop: &'static Shop, user_id: &str) -> Self {
        let name = format!("listener-{}", unique_word());
        let queue_url = shop.action("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": name})).text("QueueUrl");
        let request = json!({"QueueUrl": queue_url, "AttributeNames": ["QueueArn"]});
        let queue_arn = shop.action("sqs", "AmazonSQS.GetQueueAttributes", &request).text("Attributes.QueueArn");
        let pattern = json!({"source": ["souk.orders"], "detail": {"user_id": [user_id]}}).to_string();
        let rule = json!({"Name": name, "EventBusName": shop.stack_name, "EventPattern": pattern});
        shop.action("events", "AWSEvents.PutRule", &rule);
        let targets = json!([{"Id": "queue", "Arn": queue_arn}]);
        let put = json!({"Rule": name, "EventBusName": shop.stack_name, "Targets": targets});
        let answer = shop.action("events", "AWSEvents.PutTargets", &put);
        assert_eq!(answer.whole("FailedEntryCount"), 0, "{answer}");
        Self { shop, name, queue_url }
    }

    /// The events since the last call.
    fn receive(&self) -> Vec<Json> {
        let request = json!({"QueueUrl": self.queue_url, "MaxNumberOfMessages": 10});
        let answer = self.shop.action("sqs", "AmazonSQS.ReceiveMessage", &request);
        let messages = answer.at("Messages").map(|messages| messages.list("")).unwrap_or_default();
        let event = |message: &Json| Json::parse(&message.text("Body")).expect("an event is JSON");
        messages.iter().map(event).collect()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return; // a second panic would hide the first
        }
        let bus = &self.shop.stack_name;
        let targets = json!({"Rule": self.name, "EventBusName": bus, "Ids": ["queue"]});
        self.shop.action("events", "AWSEvents.RemoveTargets", &targets);
        self.shop.action("events", "AWSEvents.DeleteRule", &json!({"Name": self.name, "EventBusName": bus}));
        self.shop.action("sqs", "AmazonSQS.DeleteQueue", &json!({"QueueUrl": self.queue_url}));
    }
}

#[test]
fn other_systems_receive_the_events_of_an_order_from_placed_to_refunded() {
    let shop = Shop::open();
    let product = shop.product("12.50", 7);
    let account = shop.anyone().post_with_key("/auth/register", credentials(&fresh_email())).is(201);
    let shopper = shop.anyone().with_token(account.text("token"));
    let listener = Listener::start(shop, &account.text("user_id"));

    let order_id = shopper.order(&product, 2);
    shopper.pay(&order_id, &shop.success).is(200);
    shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200);

    let expected = ["order.placed.v1", "order.paid.v1", "order.cancelled.v1", "order.refunded.v1"];
    let mut events = Vec::new();
    eventually(SOON_SECONDS, "the listener receives all events", || {
        events.extend(listener.receive());
        expected.iter().all(|kind| events.iter().any(|event| event.text("detail-type") == *kind)).then_some(())
    });
    for event in &events {
        assert_eq!((event.text("source").as_str(), event.text("detail.order_id")), ("souk.orders", order_id.clone()));
        assert_eq!((event.whole("detail.total_minor"), event.text("detail.currency").as_str()), (2_500, "USD"));
        assert!(!event.raw().contains("Main Street"), "{event}");
    }
    let placed = events.iter().find(|event| event.text("detail-type") == expected[0]).expect("received");
    assert_eq!(placed.text("detail.event_id"), format!("{order_id}/order.placed"));
    assert_eq!(placed.texts("detail.lines", "product_id"), [product.id.as_str()]);
    let refunded = events.iter().find(|event| event.text("detail-type") == expected[3]).expect("received");
    assert_eq!((refunded.whole("detail.amount_minor"), refunded.text("detail.status").as_str()), (2_500, "refunded"));
}

/// Reading a dead-letter queue hides its messages for a moment, so these tests run one after the other.
static DEAD_LETTERS: Mutex<()> = Mutex::new(());

/// A queue in a report of `redrive`.
fn queue(report: &Json, name: &str) -> Json {
    let mut queues = report.list("queues").into_iter();
    queues.find(|queue| queue.text("queue") == name).unwrap_or_else(|| panic!("no queue {name} in {report}"))
}

/// Messages with this id.
fn with_id(queue: &Json, name: &str, id: &str) -> Vec<Json> {
    let names = |message: &Json| message.at(&format!("ids.{name}")).is_some_and(|found| found.text("") == id);
    queue.list("messages").into_iter().filter(names).collect()
}

fn list(shop: &Shop) -> Json {
    shop.invoke("redrive", &json!({"action": "list"}))
}

#[test]
fn a_redriven_dead_letter_settles_its_order() {
    let _alone = DEAD_LETTERS.lock().unwrap_or_else(PoisonError::into_inner);
    let shop = Shop::open();
    let account = shop.anyone().post_with_key("/auth/register", credentials(&fresh_email())).is(201);
    let (user_id, shopper) = (account.text("user_id"), shop.anyone().with_token(account.text("token")));
    let product = shop.product("3.00", 4);
    let order_id = shopper.order(&product, 1);
    shopper.pay(&order_id, "sandbox_timeout_after_charge").is(202);

    let message = json!({"type": "check_payment", "user_id": user_id, "order_id": order_id, "attempt": 0});
    let dead_letters = shop.queue_url("payment-dead-letters");
    let sent = json!({"QueueUrl": dead_letters, "MessageBody": message.to_string()});
    shop.action("sqs", "AmazonSQS.SendMessage", &sent);

    let listed = with_id(&queue(&list(shop), "payment"), "order_id", &order_id);
    let [listed] = listed.as_slice() else { panic!("{} messages", listed.len()) };
    assert_eq!((listed.text("kind").as_str(), listed.text("ids.attempt").as_str()), ("check_payment", "0"));

    let report = shop.invoke("redrive", &json!({"action": "redrive", "queue": "payment"}));
    assert!(queue(&report, "payment").whole("moved") >= 1, "{report}");
    assert!(with_id(&queue(&list(shop), "payment"), "order_id", &order_id).is_empty());
    eventually(SOON_SECONDS, "the payment is settled", || {
        (shopper.order_detail(&order_id).text("status") == "paid").then_some(())
    });
    assert_eq!(shop.available(&product), 3);
}

/// An item of the orders table that is not an order. It is deleted with the value.
struct PoisonOrder {
    shop: &'static Shop,
    order_id: String,
    table: String,
}

impl PoisonOrder {
    fn put(shop: &'static Shop) -> Self {
        let table = shop.variable("redrive", "ORDERS_TABLE");
        let number = unique_word().bytes().fold(0_u64, |number, byte| number * 26 + u64::from(byte - b'a'));
        let order_id = format!("0190a5a0-0000-7000-8000-{:012x}", number & 0xffff_ffff_ffff);
        let poison = Self { shop, order_id, table };
        let put = json!({"TableName": poison.table, "Item": poison.key()});
        shop.action("dynamodb", "DynamoDB_20120810.PutItem", &put);
        poison
    }

    fn key(&self) -> serde_json::Value {
        json!({"user_id": {"S": self.order_id}, "order_id": {"S": self.order_id}})
    }
}

impl Drop for PoisonOrder {
    fn drop(&mut self) {
        let delete = json!({"TableName": self.table, "Key": self.key()});
        self.shop.action("dynamodb", "DynamoDB_20120810.DeleteItem", &delete);
    }
}

#[test]
fn an_unreadable_order_becomes_a_dead_letter_and_does_not_block_the_stream() {
    let _alone = DEAD_LETTERS.lock().unwrap_or_else(PoisonError::into_inner);
    let shop = Shop::open();
    let (product, shopper) = (shop.product("3.00", 4), shop.shopper());
    let poison = PoisonOrder::put(shop);
    let letters = eventually(SOON_SECONDS, "both consumers of the stream send it to the dead-letter queue", || {
        let letters = with_id(&queue(&list(shop), "stream"), "order_id", &poison.order_id);
        (letters.len() >= 2).then_some(letters)
    });
    let mut functions: Vec<_> = letters.iter().map(|letter| letter.text("ids.function")).collect();
    functions.sort();
    assert_eq!(functions, ["dispatch", "publish-events"]);

    // The stream is not blocked: a refund passes through it.
    let order_id = shopper.order(&product, 1);
    shopper.pay(&order_id, &shop.success).is(200);
    shopper.call("POST", &format!("/orders/{order_id}/cancel")).send().is(200);
    eventually(SOON_SECONDS, "an order after it is refunded", || {
        (shopper.order_detail(&order_id).text("status") == "refunded").then_some(())
    });

    let report = shop.invoke("redrive", &json!({"action": "redrive", "queue": "stream"}));
    let left = with_id(&queue(&report, "stream"), "order_id", &poison.order_id);
    assert_eq!(left.len(), 2, "{report}");
    assert!(left.iter().all(|letter| letter.text("stays_because").contains("repair it first")), "{report}");
    for letter in &letters {
        let discard = json!({"action": "discard", "queue": "stream", "message_id": letter.text("message_id")});
        assert_eq!(queue(&shop.invoke("redrive", &discard), "stream").whole("moved"), 1);
    }
    assert!(with_id(&queue(&list(shop), "stream"), "order_id", &poison.order_id).is_empty());
}
