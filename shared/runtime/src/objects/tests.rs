use std::collections::VecDeque;
use std::sync::Mutex;

use souk_testkit::{FakeS3, S3Fault, SeededRandom, sdk_config};

use super::*;
use crate::effects::SystemRandom;

fn bucket(s3: &FakeS3) -> Objects {
    Objects::new(&s3.sdk_config(), "imports", Arc::new(SeededRandom::new(7)))
}

fn object(key: &str, etag: &str, size: u64) -> Created {
    Created { key: key.to_owned(), etag: etag.to_owned(), size }
}

/// Faults of the next calls, one each; later calls succeed.
fn then_well(faults: impl IntoIterator<Item = S3Fault>) -> impl FnMut(&str, &str) -> Option<S3Fault> {
    let mut faults: VecDeque<_> = faults.into_iter().collect();
    move |_, _| faults.pop_front()
}

#[test]
fn notifications_are_understood() {
    let event = include_str!("../../../../events/import-upload.json");
    let event: SqsEvent = serde_json::from_str(event).expect("an event");
    let body = event.records[0].body.as_deref().expect("a body");
    let expected = object("uploads/autumn goods.jsonl", "d41d8cd98f00b204e9800998ecf8427e", 83);
    assert_eq!(created_objects(body), Some(vec![expected]));
    let key = |key: &str| {
        let body = format!(r#"{{"Records":[{{"s3":{{"object":{{"key":"{key}","eTag":"e"}}}}}}]}}"#);
        created_objects(&body).expect("a notification").remove(0).key
    };
    assert_eq!(key("uploads/a%2Bb%26c%3Dd%25/%C3%A9.jsonl"), "uploads/a+b&c=d%/é.jsonl");
    let test = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-11-24T06:57:00.000Z","Bucket":"b"}"#;
    assert_eq!(created_objects(test), Some(Vec::new()));
    for strange in ["", "{}", "[]", r#"{"Records":[{"s3":{}}]}"#, r#"{"type":"expire_order"}"#] {
        assert_eq!(created_objects(strange), None, "{strange}");
    }
}

#[tokio::test]
async fn only_the_announced_version_is_read() {
    let s3 = FakeS3::default();
    let etag = s3.put("uploads/ü +&", "0123456789");
    let objects = bucket(&s3);
    let whole = object("uploads/ü +&", &etag, 10);
    assert_eq!(objects.read(&whole, 2, 5).await.expect("read"), "234");
    assert_eq!(objects.read(&whole, 0, 10).await.expect("read"), "0123456789");
    assert_eq!(objects.read(&whole, 10, 10).await.expect("read"), "");
    s3.put("uploads/ü +&", "another one");
    assert_eq!(objects.read(&whole, 2, 5).await, Err(ObjectError::Gone));
    s3.delete("uploads/ü +&");
    assert_eq!(objects.read(&whole, 2, 5).await, Err(ObjectError::Gone));
}

#[tokio::test(start_paused = true)]
async fn transient_failures_are_retried() {
    let s3 = FakeS3::default();
    let objects = bucket(&s3);
    let whole = object("a", &s3.put("a", "0123456789"), 10);
    for faults in
        [[S3Fault::Cut, S3Fault::Cut], [S3Fault::Status(503), S3Fault::Cut], [S3Fault::Hang, S3Fault::Status(500)]]
    {
        s3.break_with(then_well(faults));
        assert_eq!(objects.read(&whole, 0, 10).await.expect("read"), "0123456789", "{faults:?}");
    }
    s3.break_with(then_well([S3Fault::Written(500), S3Fault::Hang]));
    objects.write("b", "text/plain", b"written".to_vec()).await.expect("written");
    assert_eq!(s3.get("b").expect("there"), b"written");
}

#[tokio::test(start_paused = true)]
async fn permanent_failures_return_an_error_with_a_code_only() {
    let s3 = FakeS3::default();
    let objects = bucket(&s3);
    let whole = object("a", &s3.put("a", "0123456789"), 10);
    for (fault, expected) in [
        (S3Fault::Status(503), "S3 failed: Fault"),
        (S3Fault::Cut, "S3 failed: the body has an unexpected length"),
        (S3Fault::Hang, "S3 failed: "),
    ] {
        s3.break_with(move |_, _| Some(fault));
        let started = tokio::time::Instant::now();
        let error = objects.read(&whole, 0, 10).await.expect_err("it fails").to_string();
        assert!(error.starts_with(expected), "{error}");
        assert!(started.elapsed() < Duration::from_secs(90), "{:?}", started.elapsed());
    }
}

struct Noting(Mutex<Vec<String>>);

impl ObjectConsumer for Noting {
    async fn consume(&self, object: &Created) -> Result<&'static str, ConsumeError> {
        self.0.lock().expect("no test panicked").push(object.key.clone());
        if object.key == "bad" { Err(ConsumeError::new("bad")) } else { Ok("noted") }
    }
}

#[tokio::test]
async fn only_messages_that_failed_come_again() {
    let notice = |keys: &[&str]| {
        let records = keys.iter().map(|key| format!(r#"{{"s3":{{"object":{{"key":"{key}","size":1,"eTag":"e"}}}}}}"#));
        format!(r#"{{"Records":[{}]}}"#, records.collect::<Vec<_>>().join(","))
    };
    let bodies = [
        ("one", notice(&["a"])),
        ("two", notice(&["bad", "b"])),
        ("test", r#"{"Event":"s3:TestEvent"}"#.to_owned()),
        ("poison", "no JSON".to_owned()),
    ];
    let records: Vec<_> = bodies.iter().map(|(id, body)| serde_json::json!({"messageId": id, "body": body})).collect();
    let event: SqsEvent = serde_json::from_value(serde_json::json!({ "Records": records })).expect("an event");
    let consumer = Noting(Mutex::default());
    let answer = handle_each(&event, |message| consume("test", &consumer, message)).await;
    let failed: Vec<_> = answer.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str()).collect();
    assert_eq!(failed, ["two", "poison"]);
    assert_eq!(*consumer.0.lock().expect("no test panicked"), ["a", "bad", "b"]);
}

/// The same as with the fake, on MiniStack's S3 if it is configured.
#[tokio::test]
async fn contract_of_s3() {
    let Ok(endpoint) = std::env::var("SOUK_CONTRACT_DYNAMODB") else {
        eprintln!("skipped: SOUK_CONTRACT_DYNAMODB names no MiniStack");
        return;
    };
    let sdk = sdk_config(&endpoint);
    let name = format!("test-{}-{:x}", std::process::id(), SystemRandom.below(u64::MAX));
    let client = Client::new(&sdk);
    client.create_bucket().bucket(&name).send().await.expect("a bucket");
    let objects = Objects::new(&sdk, &name, Arc::new(SystemRandom));
    let key = "parts/ü +&=%/1.jsonl";
    objects.write(key, "application/x-ndjson", b"0123456789".to_vec()).await.expect("written");
    let listed = client.list_objects_v2().bucket(&name).send().await.expect("a list").contents.expect("objects");
    assert_eq!(listed[0].key.as_deref(), Some(key));
    let etag = listed[0].e_tag.as_deref().expect("an etag").trim_matches('"').to_owned();
    let whole = object(key, &etag, 10);
    assert_eq!(objects.read(&whole, 2, 5).await.expect("read"), "234");
    assert_eq!(objects.read(&whole, 0, 10).await.expect("read"), "0123456789");
    objects.write(key, "application/x-ndjson", b"another one".to_vec()).await.expect("written");
    assert_eq!(objects.read(&whole, 2, 5).await, Err(ObjectError::Gone));
    assert_eq!(objects.read(&object("parts/never", &etag, 10), 2, 5).await, Err(ObjectError::Gone));
    client.delete_object().bucket(&name).key(key).send().await.expect("removed");
    client.delete_bucket().bucket(&name).send().await.expect("removed");
}
