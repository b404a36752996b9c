use std::sync::Arc;

use serde_json::{Value, json};
use souk_domain::event::DomainEvent;
use souk_domain::order::{Event, Order};
use souk_testkit::{FakeAws, SeededRandom, user};

use super::*;
use crate::fixture::{Fixture, change, poison};

fn publisher(aws: &FakeAws) -> PublishEvents {
    let client = aws_sdk_eventbridge::Client::new(&aws.sdk_config());
    PublishEvents { bus: EventBus::new(client, "souk", Arc::new(SeededRandom::new(7))) }
}

/// A bus that answers each entry by its detail type.
fn bus(answer: impl Fn(&str) -> Value + Send + 'static) -> FakeAws {
    FakeAws::start(move |_, request| {
        let entries = request["Entries"].as_array().expect("entries");
        let results: Vec<_> =
            entries.iter().map(|entry| answer(entry["DetailType"].as_str().expect("a type"))).collect();
        (200, json!({"FailedEntryCount": 0, "Entries": results}))
    })
}

fn published(aws: &FakeAws) -> Vec<String> {
    let calls = aws.calls();
    let entries = calls.iter().flat_map(|(_, request)| request["Entries"].as_array().expect("entries"));
    entries.map(|entry| entry["DetailType"].as_str().expect("a type").to_owned()).collect()
}

/// A placed order, and the same order cancelled.
async fn orders() -> (Order, Order) {
    let shop = Fixture::start().await;
    shop.product("a", 100, &[5]).await;
    shop.put_in_cart(&user(1), "a", 2).await;
    let order_id = shop.place(&user(1)).await;
    let placed = shop.order(&user(1), &order_id).await;
    (placed, shop.apply(&user(1), &order_id, Event::Cancelled).await)
}

fn failed(failures: &[Failure]) -> Vec<(&str, bool)> {
    failures.iter().map(|failure| (failure.sequence_number.as_str(), failure.permanent)).collect()
}

#[tokio::test]
async fn a_batch_is_published_in_one_call_and_a_poison_record_blocks_no_other() {
    let (placed, cancelled) = orders().await;
    let aws = bus(|_| json!({"EventId": "e"}));
    let changes = [
        change("1", None, Some(&placed)),
        poison("2"),
        change("3", Some(&placed), Some(&cancelled)),
        change("4", Some(&cancelled), None),
    ];
    assert_eq!(failed(&publisher(&aws).handle(&changes).await), [("2", true)]);
    assert_eq!(published(&aws), ["order.placed.v1", "order.cancelled.v1"]);
    assert_eq!(aws.calls().len(), 1);
}

#[tokio::test]
async fn rejected_events_are_published_again_with_the_same_ids() {
    let (placed, cancelled) = orders().await;
    let aws = bus(|detail_type| match detail_type {
        "order.placed.v1" => json!({"EventId": "e"}),
        _ => json!({"ErrorCode": "InternalFailure"}),
    });
    let changes = [change("1", None, Some(&placed)), change("2", Some(&placed), Some(&cancelled))];
    assert_eq!(failed(&publisher(&aws).handle(&changes).await), [("2", false)]);

    let ids = |events: Vec<DomainEvent>| events.into_iter().map(|event| event.event_id).collect::<Vec<_>>();
    assert_eq!(
        ids(events_after(Some(&placed), &cancelled)),
        ids(events_after(None, &cancelled))[1..],
        "the same without the order before"
    );
}

#[tokio::test]
async fn an_event_that_the_bus_can_never_accept_becomes_a_dead_letter() {
    let (placed, _) = orders().await;
    let aws = bus(|_| json!({"ErrorCode": "MalformedDetail"}));
    assert_eq!(failed(&publisher(&aws).handle(&[change("1", None, Some(&placed))]).await), [("1", true)]);
}

/// On MiniStack, if it is configured: a rule delivers the event as it was published.
#[tokio::test]
async fn a_rule_on_the_bus_receives_the_event() {
    let Ok(endpoint) = std::env::var("SOUK_CONTRACT_DYNAMODB") else { return };
    let sdk = souk_testkit::sdk_config(&endpoint);
    let (events, sqs) = (aws_sdk_eventbridge::Client::new(&sdk), aws_sdk_sqs::Client::new(&sdk));
    let (placed, cancelled) = orders().await;
    let name = format!("test-{}-{}", std::process::id(), placed.order_id);
    let queue = sqs.create_queue().queue_name(&name).send().await.expect("made").queue_url.expect("a URL");
    let arn = aws_sdk_sqs::types::QueueAttributeName::QueueArn;
    let attributes = sqs.get_queue_attributes().queue_url(&queue).attribute_names(arn.clone()).send().await;
    let arn = attributes.expect("answered").attributes.expect("attributes").remove(&arn).expect("an ARN");
    events.create_event_bus().name(&name).send().await.expect("made");
    let pattern = json!({"source": ["souk.orders"], "detail-type": ["order.cancelled.v1"]}).to_string();
    events.put_rule().name(&name).event_bus_name(&name).event_pattern(pattern).send().await.expect("made");
    let target = aws_sdk_eventbridge::types::Target::builder().id("queue").arn(arn).build().expect("a target");
    events.put_targets().rule(&name).event_bus_name(&name).targets(target).send().await.expect("made");

    let publisher = PublishEvents { bus: EventBus::new(events, &name, Arc::new(SeededRandom::new(7))) };
    let changes = [change("1", None, Some(&placed)), change("2", Some(&placed), Some(&cancelled))];
    assert_eq!(failed(&publisher.handle(&changes).await), []);
    let received = sqs.receive_message().queue_url(&queue).max_number_of_messages(10).wait_time_seconds(2);
    let messages = received.send().await.expect("received").messages.unwrap_or_default();
    let [message] = messages.as_slice() else { panic!("{messages:?}") };
    let event: Value = serde_json::from_str(message.body().expect("a body")).expect("JSON");
    assert_eq!(event["detail-type"], "order.cancelled.v1");
    let expected = events_after(Some(&placed), &cancelled);
    assert_eq!(event["detail"], serde_json::to_value(&expected[0]).expect("JSON"));
}
