use serde_json::{Value, json};
use souk_domain::event::{StockEvent, StockSnapshot};
use souk_domain::time::Timestamp;
use souk_testkit::{FakeAws, SeededRandom};

use super::*;

fn event(number: usize) -> DomainEvent {
    let product_id = format!("p{number}").parse().expect("an id");
    let event = StockEvent::Out(StockSnapshot { product_id, available: 0, low_at: 5 });
    DomainEvent::of_stock(event, "1", Timestamp::from_millis(1_795_503_420_000))
}

fn bus(aws: &FakeAws) -> EventBus {
    EventBus::new(Client::new(&aws.sdk_config()), "souk", Arc::new(SeededRandom::new(7)))
}

/// The product of an entry that was offered.
fn product(entry: &Value) -> String {
    let detail: Value = serde_json::from_str(entry["Detail"].as_str().expect("a detail")).expect("JSON");
    detail["product_id"].as_str().expect("a product").to_owned()
}

fn taken(request: &Value) -> Value {
    let entries = request["Entries"].as_array().expect("entries");
    json!({"FailedEntryCount": 0, "Entries": entries.iter().map(|_| json!({"EventId": "e"})).collect::<Vec<_>>()})
}

fn offered(aws: &FakeAws) -> Vec<Vec<String>> {
    let calls = aws.calls();
    calls.iter().map(|(_, body)| body["Entries"].as_array().expect("entries").iter().map(product).collect()).collect()
}

#[tokio::test]
async fn events_go_ten_at_a_time_as_the_bus_wants_them() {
    let aws = FakeAws::start(|_, body| (200, taken(body)));
    let events: Vec<_> = (0..23).map(event).collect();
    bus(&aws).publish(&events).await.expect("published");
    assert_eq!(offered(&aws).iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 3]);
    let (action, body) = aws.calls().remove(0);
    assert_eq!(action, "PutEvents");
    let entry = &body["Entries"][0];
    assert_eq!((&entry["EventBusName"], &entry["Source"]), (&json!("souk"), &json!("souk.inventory")));
    assert_eq!((&entry["DetailType"], &entry["Time"]), (&json!("stock.out.v1"), &json!(1_795_503_420)));
}

#[tokio::test]
async fn rejected_events_are_retried_and_then_reported() {
    let aws = FakeAws::start(|_, body| {
        let entries = body["Entries"].as_array().expect("entries");
        let result = |entry: &Value| match product(entry).as_str() {
            "p1" => json!({"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}),
            "p2" => json!({"ErrorCode": "MalformedDetail", "ErrorMessage": "no"}),
            _ => json!({"EventId": "e"}),
        };
        (200, json!({"FailedEntryCount": 2, "Entries": entries.iter().map(result).collect::<Vec<_>>()}))
    });
    let events: Vec<_> = (0..4).map(event).collect();
    let error = bus(&aws).publish(&events).await.expect_err("two are left");
    let failed: Vec<_> = error.failed.iter().map(|failed| (failed.index, failed.permanent)).collect();
    assert_eq!(failed, [(1, false), (2, true)]);
    assert_eq!(offered(&aws)[1..], [["p1"], ["p1"], ["p1"]], "the refused one is not offered again");
    assert!(error.to_string().contains("ThrottlingException"), "{error}");
}

#[tokio::test]
async fn a_throttled_event_that_is_taken_later_is_no_error() {
    let aws = FakeAws::start({
        let mut offers = 0;
        move |_, body| {
            offers += 1;
            if offers > 2 {
                return (200, taken(body));
            }
            (200, json!({"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}))
        }
    });
    bus(&aws).publish(&[event(0)]).await.expect("published");
    assert_eq!(aws.calls().len(), 3);
}

#[tokio::test]
async fn a_bus_that_refuses_everything_is_asked_once_and_all_is_reported() {
    let denied = json!({"__type": "AccessDeniedException", "message": "not yours"});
    let aws = FakeAws::start(move |_, _| (400, denied.clone()));
    let events: Vec<_> = (0..12).map(event).collect();
    let error = bus(&aws).publish(&events).await.expect_err("nothing is published");
    assert_eq!(error.failed.iter().map(|failed| failed.index).collect::<Vec<_>>(), (0..12).collect::<Vec<_>>());
    assert!(error.failed.iter().all(|failed| !failed.permanent));
    assert_eq!(aws.calls().len(), 1);
}

#[test]
fn calls_stay_within_the_size_that_the_bus_takes() {
    let request = PutEventsRequestEntry::builder().build();
    let entry = |index: usize, bytes: usize| Entry { index, bytes, request: request.clone() };
    let large = MAX_BYTES / 2;
    let calls = calls(vec![entry(0, large), entry(1, large), entry(2, 1), entry(3, MAX_BYTES), entry(4, 1)]);
    let indices: Vec<Vec<usize>> = calls.iter().map(|call| call.iter().map(|e| e.index).collect()).collect();
    assert_eq!(indices, [vec![0, 1], vec![2], vec![3], vec![4]]);
}
