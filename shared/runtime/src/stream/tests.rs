use serde::Deserialize;
use serde_json::{Value, json};
use souk_testkit::FakeAws;

use super::*;

/// Handles changes in order. `wait` fails transiently, an unreadable image permanently.
struct Reader;

#[derive(Deserialize)]
struct Item {
    text: String,
}

impl ChangeHandler for Reader {
    async fn handle(&self, changes: &[Change]) -> Vec<Failure> {
        let mut failures = Vec::new();
        for change in changes {
            match change.after::<Item>() {
                Ok(Some(item)) if item.text == "wait" => failures.push(change.failed("a queue is down")),
                Ok(_) => {}
                Err(error) => failures.push(change.failed_permanently(error)),
            }
        }
        failures
    }
}

fn event(texts: &[Value]) -> Event {
    let record = |(number, text): (usize, &Value)| {
        json!({
            "eventID": "1",
            "eventName": "MODIFY",
            "awsRegion": "us-east-1",
            "eventSource": "aws:dynamodb",
            "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/souk-orders/stream/2026-11-24T06:57:00.000",
            "dynamodb": {
                "Keys": {"order_id": {"S": format!("o{number}")}},
                "NewImage": {"text": text},
                "SequenceNumber": format!("{number}"),
                "SizeBytes": 1,
            },
        })
    };
    let records: Vec<_> = texts.iter().enumerate().map(record).collect();
    serde_json::from_value(json!({ "Records": records })).expect("an event")
}

/// The response to a batch, and the dead letters.
async fn handled(texts: &[Value], queue_answers: u16) -> (Value, Vec<DeadLetter>) {
    let aws = FakeAws::start(move |_, _| (queue_answers, json!({"MessageId": "1", "MD5OfMessageBody": ""})));
    let dead_letters = DeadLetters::new(&aws.sdk_config(), "https://queues/stream-dead-letters");
    let answer = handle_batch("test", &Reader, &dead_letters, event(texts)).await;
    let letters = aws
        .calls()
        .into_iter()
        .map(|(_, request)| serde_json::from_str(request["MessageBody"].as_str().expect("a body")).expect("a letter"));
    (serde_json::to_value(answer).expect("JSON"), letters.collect())
}

fn good() -> Value {
    json!({"S": "good"})
}

#[tokio::test]
async fn permanent_failures_are_set_aside_and_other_changes_are_handled() {
    let (answer, letters) = handled(&[good(), json!({"N": "7"}), good()], 200).await;
    assert_eq!(answer, json!({"batchItemFailures": []}));
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!((letter.function.as_str(), letter.table.as_str()), ("test", "souk-orders"));
    assert_eq!((letter.key["order_id"].as_str(), letter.sequence_number.as_str()), ("o1", "1"));
}

#[tokio::test]
async fn changes_are_retried_from_the_first_transient_failure_on() {
    let poison = json!({"N": "7"});
    let texts = [poison.clone(), good(), json!({"S": "wait"}), poison, good()];
    let (answer, letters) = handled(&texts, 200).await;
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "2"}]}));
    assert_eq!(letters.iter().map(|letter| letter.sequence_number.as_str()).collect::<Vec<_>>(), ["0"]);
}

#[tokio::test]
async fn a_change_that_cannot_be_set_aside_is_not_lost() {
    let (answer, _) = handled(&[good(), json!({"N": "7"}), good()], 400).await;
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "1"}]}));
}

#[test]
fn a_reason_does_not_quote_what_is_stored() {
    #[derive(Debug, Deserialize)]
    struct Number {
        #[expect(dead_code, reason = "only read")]
        text: u32,
    }
    let change = Change::from(event(&[json!({"S": "1 Main Street"})]).records.remove(0));
    let error = change.after::<Number>().expect_err("no number").to_string();
    assert!(!error.contains("Main Street"), "{error}");
}
