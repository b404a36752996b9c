use serde_json::{Value, json};
use souk_domain::message::{OrderQueueMessage, PaymentQueueMessage};
use souk_domain::order::{Event, ProviderMethod};
use souk_testkit::{FakeAws, FixedClock, user};

use super::*;
use crate::fixture::{Fixture, change, change_of_images, poison, queues, sent_messages};

/// Queues that accept messages for which `takes` is true.
fn queues_that(takes: impl Fn(&Value) -> bool + Send + 'static) -> FakeAws {
    FakeAws::start(move |_, request| {
        if takes(request) {
            (200, json!({"MessageId": "1", "MD5OfMessageBody": ""}))
        } else {
            (400, json!({"__type": "QueueDoesNotExist", "message": "down"}))
        }
    })
}

fn dispatch(aws: &FakeAws) -> Dispatch {
    Dispatch { queues: queues(aws), clock: Arc::new(FixedClock::new()) }
}

/// An order as it was placed, and with a payment that is being processed.
async fn orders() -> (Order, Order) {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[5]).await;
    shop.put_in_cart(&user(1), "a", 2).await;
    let order_id = shop.place(&user(1)).await;
    let placed = shop.order(&user(1), &order_id).await;
    let start = Event::PaymentStarted {
        method: ProviderMethod::Paypal,
        token: "t".to_owned(),
        request: None,
        general_decline: false,
    };
    (placed, shop.apply(&user(1), &order_id, start).await)
}

fn failed(failures: &[Failure]) -> Vec<(&str, bool)> {
    failures.iter().map(|failure| (failure.sequence_number.as_str(), failure.permanent)).collect()
}

#[tokio::test]
async fn messages_are_sent_to_their_queues_and_again_on_redelivery() {
    let (placed, open) = orders().await;
    let aws = queues_that(|_| true);
    let changes = [change("1", None, Some(&placed)), change("2", Some(&placed), Some(&open))];
    for _ in 0..2 {
        assert_eq!(failed(&dispatch(&aws).handle(&changes).await), []);
    }
    let ids = || (placed.user_id.clone(), placed.order_id.clone());
    let ((user_id, order_id), (payer, paid)) = (ids(), ids());
    let expire = ("https://queues/order".to_owned(), OrderQueueMessage::ExpireOrder { user_id, order_id }.into());
    let check = PaymentQueueMessage::CheckPayment { user_id: payer, order_id: paid, attempt: 0 };
    let check = ("https://queues/payment".to_owned(), check.into());
    assert_eq!(sent_messages(&aws), [expire.clone(), check.clone(), expire, check]);
}

#[tokio::test]
async fn an_unavailable_queue_stops_the_batch_and_a_poison_record_does_not() {
    let (placed, open) = orders().await;
    let aws = queues_that(|request| request["QueueUrl"] != "https://queues/payment");
    let changes = [
        poison("1"),
        change("2", None, Some(&placed)),
        change("3", Some(&placed), Some(&open)),
        change("4", None, Some(&placed)),
    ];
    assert_eq!(failed(&dispatch(&aws).handle(&changes).await), [("1", true), ("3", false)]);
    assert_eq!(sent_messages(&aws).len(), 2, "nothing overtakes the one that failed");
}

#[tokio::test]
async fn a_repaired_order_gets_the_messages_it_waits_for() {
    let (placed, _) = orders().await;
    let aws = queues_that(|_| true);
    let repaired = json!(serde_dynamo::to_item::<_, serde_dynamo::Item>(&placed).expect("an item"));
    let change = change_of_images("1", &json!({"order_id": {"S": "an order?"}}), &repaired);
    assert_eq!(failed(&dispatch(&aws).handle(&[change]).await), []);
    assert_eq!(sent_messages(&aws).len(), 1);
}

#[tokio::test]
async fn a_deleted_order_calls_for_no_messages() {
    let (placed, _) = orders().await;
    let aws = queues_that(|_| true);
    assert_eq!(failed(&dispatch(&aws).handle(&[change("1", Some(&placed), None)]).await), []);
    assert_eq!(sent_messages(&aws), []);
}
