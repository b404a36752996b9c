use serde_json::{Value, json};
use souk_domain::message::{OrderQueueMessage, PaymentQueueMessage, RefundQueueMessage};
use souk_domain::order::{Event, ProviderMethod, ProviderOutcome};
use souk_testkit::{FakeAws, user};

use super::*;
use crate::fixture::{Fixture, queues, sent_messages, sku};

fn queues_that_answer(status: u16) -> FakeAws {
    FakeAws::start(move |_, _| (status, json!({"MessageId": "1", "MD5OfMessageBody": "", "__type": "Down"})))
}

impl Fixture {
    fn reconcile(&self, aws: &FakeAws) -> Reconcile {
        Reconcile {
            orders: self.orders.clone(),
            inventory: self.inventory.clone(),
            store_credit: self.store_credit.clone(),
            queues: queues(aws),
            clock: self.clock.clone(),
        }
    }

    async fn response(&self, aws: &FakeAws, request: Value) -> Value {
        let request = serde_json::from_value(request).expect("a question");
        let deadline = self.clock.now().plus_seconds(900);
        let response = self.reconcile(aws).run(request, deadline).await.expect("answered");
        serde_json::to_value(response).expect("JSON")
    }
}

/// One order whose hold is over, one whose payment has no response, one whose refund is due.
async fn waiting_orders(shop: &Fixture) -> [OrderId; 3] {
    shop.product("a", 100, &[9]).await;
    let mut ids = Vec::new();
    for shopper in 1..=3 {
        shop.put_in_cart(&user(shopper), "a", 2).await;
        ids.push(shop.place(&user(shopper)).await);
    }
    let start = || Event::PaymentStarted {
        method: ProviderMethod::CreditCard,
        token: "t".to_owned(),
        request: None,
        general_decline: false,
    };
    shop.apply(&user(2), &ids[1], start()).await;
    shop.apply(&user(3), &ids[2], start()).await;
    let outcome = ProviderOutcome::Captured { payment_id: "pay".to_owned(), amount_minor: 200 };
    shop.apply(&user(3), &ids[2], Event::PaymentSettled { attempt: 0, outcome }).await;
    shop.apply(&user(3), &ids[2], Event::Cancelled).await;
    ids.try_into().expect("three")
}

#[tokio::test]
async fn a_consistent_shop_has_no_discrepancies() {
    let (shop, aws) = (Fixture::start().await, queues_that_answer(200));
    waiting_orders(&shop).await;
    let response = shop.response(&aws, json!({"resend": true})).await;
    assert_eq!(response["checked"], json!({"orders": 3, "products": 1, "accounts": 0}));
    assert_eq!(
        (&response["clean"], &response["differences"], &response["cursor"]),
        (&json!(true), &json!([]), &Value::Null)
    );
    assert_eq!((&response["truncated"], &response["resent"]), (&json!(false), &json!(0)));
    assert_eq!(sent_messages(&aws), [], "no order is overdue yet");
}

#[tokio::test]
async fn a_wrong_count_is_reported_with_its_product() {
    let (shop, aws) = (Fixture::start().await, queues_that_answer(200));
    waiting_orders(&shop).await;
    shop.corrupt_stock("a", 5).await;
    let response = shop.response(&aws, json!({})).await;
    let difference = json!({"kind": "stock_unexplained", "product_id": sku("a").as_str(), "expected": 9, "actual": 11});
    assert_eq!((&response["differences"], &response["clean"]), (&json!([difference]), &json!(false)));
}

#[tokio::test]
async fn a_lost_message_of_an_order_is_resent() {
    let (shop, aws) = (Fixture::start().await, queues_that_answer(200));
    let [held, processing, refunding] = waiting_orders(&shop).await;
    shop.clock.advance_seconds(4_000);
    let response = shop.response(&aws, json!({})).await;
    let mut kinds: Vec<_> =
        response["differences"].as_array().expect("a list").iter().map(|d| d["kind"].clone()).collect();
    kinds.sort_by_key(ToString::to_string);
    assert_eq!(kinds, [json!("hold_overdue"), json!("payment_overdue"), json!("refund_overdue")]);
    assert_eq!(sent_messages(&aws), [], "only on request");

    let response = shop.response(&aws, json!({"resend": true})).await;
    assert_eq!((&response["resent"], &response["resend_failures"]), (&json!(3), &json!(0)));
    let mut messages = sent_messages(&aws);
    messages.sort_by_key(|(queue, _)| queue.clone());
    let expected = [
        ("order", OrderQueueMessage::ExpireOrder { user_id: user(1), order_id: held.clone() }.into()),
        ("payment", PaymentQueueMessage::CheckPayment { user_id: user(2), order_id: processing, attempt: 0 }.into()),
        ("refund", RefundQueueMessage::RefundOrder { user_id: user(3), order_id: refunding, refund: 0 }.into()),
    ];
    assert_eq!(messages, expected.map(|(queue, message)| (format!("https://queues/{queue}"), message)));

    // A message that was processed is not resent.
    shop.apply(&user(1), &held, Event::HoldEnded).await;
    let response = shop.response(&aws, json!({"resend": true})).await;
    assert_eq!(response["resent"], json!(2));
}

#[tokio::test]
async fn an_unavailable_queue_does_not_prevent_the_report() {
    let (shop, aws) = (Fixture::start().await, queues_that_answer(400));
    waiting_orders(&shop).await;
    shop.clock.advance_seconds(4_000);
    let response = shop.response(&aws, json!({"resend": true})).await;
    assert_eq!(
        (&response["found"], &response["resent"], &response["resend_failures"]),
        (&json!(3), &json!(0), &json!(3))
    );
}

#[tokio::test]
async fn it_stops_before_its_time_out_and_continues_from_its_cursor() {
    let (shop, aws) = (Fixture::start().await, queues_that_answer(200));
    waiting_orders(&shop).await;
    let mut orders = 0;
    let mut cursor = Value::Null;
    loop {
        let request: ReconcileRequest =
            serde_json::from_value(json!({"cursor": cursor, "segments": 2})).expect("a question");
        let response = shop.reconcile(&aws).run(request, shop.clock.now()).await.expect("answered");
        assert!(!response.clean && !response.report.sums_compared, "what was not read is not called clean");
        orders += response.report.checked.orders;
        cursor = serde_json::to_value(&response.report.cursor).expect("JSON");
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(orders, 3);
}

#[test]
fn an_unknown_field_is_rejected() {
    assert!(serde_json::from_value::<ReconcileRequest>(json!({"re-send": true})).is_err());
}
