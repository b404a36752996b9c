use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use souk_store::Table;
use souk_testkit::{FakeS3, FixedClock, Proxy, S3Fault, SeededRandom, sdk_config};

use super::*;
use crate::fixture::{Fixture, sku};

struct Harness {
    shop: Fixture,
    s3: FakeS3,
    consumer: ImportUpload,
}

impl Harness {
    async fn start() -> Self {
        let (shop, s3) = (Fixture::start().await, FakeS3::default());
        let consumer = consumer(&s3, shop.import_context());
        Self { shop, s3, consumer }
    }

    /// The bucket's notification of an object.
    fn notification(&self, key: &str, etag: &str) -> Created {
        let size = self.s3.get(key).map_or(1, |content| content.len() as u64);
        Created { key: key.to_owned(), etag: etag.to_owned(), size }
    }

    /// Uploads, and consumes the notification of the upload.
    async fn upload(&self, name: &str, content: impl Into<Vec<u8>>) -> Result<&'static str, ConsumeError> {
        let key = format!("uploads/{name}");
        let etag = self.s3.put(&key, content);
        self.consumer.consume(&self.notification(&key, &etag)).await
    }

    /// Consumes the notifications of the parts, the last first.
    async fn import_parts(&self) -> Vec<Result<&'static str, ConsumeError>> {
        let mut outcomes = Vec::new();
        for (key, etag) in self.s3.list("parts/").into_iter().rev() {
            outcomes.push(self.consumer.consume(&self.notification(&key, &etag)).await);
        }
        outcomes
    }

    /// Reports by the end of their names.
    fn reports(&self) -> BTreeMap<String, Value> {
        let reports = self.s3.list("reports/").into_iter().map(|(key, _)| {
            let report = serde_json::from_slice(&self.s3.get(&key).expect("there")).expect("JSON");
            (key.rsplit('/').next().unwrap_or_default().to_owned(), report)
        });
        reports.collect()
    }
}

fn consumer(s3: &FakeS3, context: ImportContext) -> ImportUpload {
    let random = Arc::new(SeededRandom::new(7));
    ImportUpload { objects: Objects::new(&s3.sdk_config(), "imports", random.clone()), context, random }
}

fn line(number: usize) -> String {
    format!(r#"{{"sku": "P{number}", "name": "Product {number}", "price": 1, "available": 3}}"#)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).expect("in memory");
    encoder.finish().expect("in memory")
}

#[tokio::test]
async fn an_upload_is_imported_in_parts_and_bad_lines_are_reported_by_their_number() {
    let mut lines: Vec<_> = (1..=1_100).map(line).collect();
    lines[2] = String::new(); // the third
    lines[1_049] = "not json".to_owned(); // line 1050
    let text = format!("\u{feff}{}", lines.join("\r\n"));
    for content in [text.clone().into_bytes(), gzip(&text)] {
        let harness = Harness::start().await;
        assert_eq!(harness.upload("autumn/goods.jsonl", content).await.expect("done"), "split");
        let whole = json!({"parts": 2, "lines": 1_099, "problem": null});
        assert_eq!(harness.reports(), [("upload.json".to_owned(), whole.clone())].into());
        for _ in 0..2 {
            // A queue may deliver twice, in any order.
            assert!(harness.import_parts().await.into_iter().all(|outcome| matches!(outcome, Ok("imported"))));
            let bad = json!({"line": 1_050, "code": "malformed_json", "message": "the line must be a JSON object"});
            let expected = [
                ("00001-1.json".to_owned(), json!({"imported": 1_000, "errors": []})),
                ("00002-1002.json".to_owned(), json!({"imported": 98, "errors": [bad]})),
                ("upload.json".to_owned(), whole.clone()),
            ];
            assert_eq!(harness.reports(), expected.into());
        }
        for name in ["P1", "P1001", "P1002", "P1100"] {
            assert!(harness.shop.products.get(&sku(name)).await.expect("read").is_some(), "{name}");
            assert_eq!(harness.shop.available(name).await, 3);
        }
        assert_eq!(harness.shop.products.get(&sku("P1050")).await.expect("read"), None);
    }
}

#[tokio::test]
async fn the_parts_of_an_upload_have_the_categories_of_the_tree() {
    let harness = Harness::start().await;
    let line =
        |n: usize| format!(r#"{{"sku": "P{n}", "name": "Product {n}", "price": 1, "category": ["Audio", "Cables"]}}"#);
    harness.upload("a", (1..=2_500).map(line).collect::<Vec<_>>().join("\n")).await.expect("split");
    let mut parts = harness.s3.list("parts/").into_iter();
    let (first, etag) = parts.next().expect("a part");
    harness.consumer.consume(&harness.notification(&first, &etag)).await.expect("imported");
    assert_eq!(harness.shop.category_ids().await, ["audio", "audio.cables"]);
    let (cables, audio) = ("audio.cables".parse().expect("an id"), "audio".parse().expect("an id"));
    let merged = harness.shop.categories.change(|tree| tree.merge(&cables, &audio)).await;
    merged.expect("written").expect("merged");
    let rest: Vec<_> = parts.collect();
    assert!(rest.len() >= 2, "{}", rest.len());
    for (key, etag) in rest {
        harness.consumer.consume(&harness.notification(&key, &etag)).await.expect("imported");
    }
    let last = harness.shop.products.get(&sku("P2500")).await.expect("read").expect("a product");
    assert_eq!(last.category.leaf().map(|leaf| leaf.category_id.as_str()), Some("audio"));
    assert_eq!(harness.shop.category_ids().await, ["audio", "audio.cables"]);
}

#[tokio::test]
async fn an_upload_never_overwrites_counted_stock() {
    let harness = Harness::start().await;
    harness.upload("a", line(1)).await.expect("split");
    harness.shop.count("P1", 9).await;
    harness.import_parts().await;
    assert_eq!(harness.shop.available("P1").await, 9);
}

#[tokio::test]
async fn a_run_that_ends_between_parts_is_done_again_by_the_next() {
    let harness = Harness::start().await;
    let text = (1..=3_500).map(line).collect::<Vec<_>>().join("\n");
    harness.upload("a", text.clone()).await.expect("split");
    let (parts, reports) = (harness.s3.list("parts/"), harness.reports());
    assert_eq!((parts.len(), reports["upload.json"]["parts"].as_u64()), (4, Some(4)));

    let again = Harness::start().await;
    let writes = AtomicUsize::new(0);
    again.s3.break_with(move |method, _| {
        let fails = method == "PUT" && writes.fetch_add(1, Ordering::Relaxed) >= 2;
        fails.then_some(S3Fault::Status(400)) // one that the SDK does not retry
    });
    assert!(again.upload("a", text.clone()).await.is_err());
    assert_eq!((again.s3.list("parts/").len(), again.reports().len()), (2, 0));
    again.s3.break_with(|_, _| None);
    again.upload("a", text).await.expect("split");
    assert_eq!((again.s3.list("parts/"), again.reports()), (parts, reports));
}

#[tokio::test(start_paused = true)]
async fn while_the_bucket_fails_the_message_stays() {
    for fault in [S3Fault::Status(503), S3Fault::Hang, S3Fault::Cut] {
        let harness = Harness::start().await;
        harness.s3.break_with(move |_, _| Some(fault));
        assert!(harness.upload("a", line(1)).await.is_err(), "{fault:?}");
        harness.s3.break_with(|_, _| None);
        harness.upload("a", line(1)).await.expect("split");
        // The part is imported; its report cannot be written.
        harness.s3.break_with(move |method, _| (method == "PUT").then_some(S3Fault::Status(503)));
        assert!(harness.import_parts().await.iter().all(Result::is_err), "{fault:?}");
        harness.s3.break_with(|_, _| None);
        assert!(harness.import_parts().await.iter().all(Result::is_ok), "{fault:?}");
        assert_eq!(harness.reports()["00001-1.json"]["imported"], 1);
        assert_eq!(harness.shop.available("P1").await, 3);
    }
}

#[tokio::test]
async fn deleted_and_replaced_objects_are_ignored() {
    let harness = Harness::start().await;
    let etag = harness.s3.put("uploads/a", line(1));
    let notification = harness.notification("uploads/a", &etag);
    harness.s3.put("uploads/a", format!("{}\n{}", line(2), line(3)));
    assert!(harness.consumer.consume(&notification).await.expect("done").starts_with("ignored"));
    harness.s3.delete("uploads/a");
    assert!(harness.consumer.consume(&notification).await.expect("done").starts_with("ignored"));
    let part = Created { key: "parts/a/e/00001-1.jsonl".to_owned(), etag: "e".to_owned(), size: 9 };
    assert!(harness.consumer.consume(&part).await.expect("done").starts_with("ignored"));
    for key in ["uploads/", "reports/a/e/upload.json", "elsewhere"] {
        let stranger = Created { key: key.to_owned(), etag: "e".to_owned(), size: 0 };
        assert!(harness.consumer.consume(&stranger).await.expect("done").starts_with("ignored"), "{key}");
    }
    assert_eq!((harness.s3.list("parts/").len(), harness.reports().len()), (0, 0));
}

#[tokio::test]
async fn nothing_in_a_file_keeps_it_in_the_queue() {
    let mut cut_off = gzip(&(1..=2_000).map(line).collect::<Vec<_>>().join("\n"));
    cut_off.truncate(cut_off.len() / 2);
    let long = format!("{}\n{{\"sku\": \"{}\"}}\n{}", line(1), "x".repeat(300_000), line(2));
    let bad_lines = "{}\n".repeat(5_000);
    // parts, imported, bad lines, problem
    let cases = [
        ("empty", Vec::new(), (0_usize, 0_u64, 0_usize, Value::Null)),
        ("blank", b"\n \r\n\n".to_vec(), (0, 0, 0, Value::Null)),
        ("binary", vec![0xff; 1_000], (1, 0, 1, Value::Null)),
        ("long line", long.into_bytes(), (1, 2, 1, Value::Null)),
        ("bad lines", bad_lines.into_bytes(), (5, 0, 5_000, Value::Null)),
        ("not gzip", b"\x1f\x8b and so on".to_vec(), (0, 0, 0, json!("bad_gzip"))),
    ];
    for (name, content, (parts, imported, bad, problem)) in cases {
        let harness = Harness::start().await;
        harness.upload(name, content).await.expect("done");
        assert!(harness.import_parts().await.iter().all(Result::is_ok), "{name}");
        let mut reports = harness.reports();
        let whole = reports.remove("upload.json").expect("a report");
        assert_eq!((whole["parts"].as_u64(), &whole["problem"]["code"]), (Some(parts as u64), &problem), "{name}");
        let of_parts: Vec<Outcomes> = reports.into_values().map(Outcomes::of).collect();
        let sums = of_parts.iter().fold((0, 0), |sums, part| (sums.0 + part.imported, sums.1 + part.bad));
        assert_eq!((of_parts.len(), sums), (parts, (imported, bad)), "{name}");
    }
    let harness = Harness::start().await;
    harness.upload("cut off", cut_off).await.expect("done");
    let whole = &harness.reports()["upload.json"];
    assert_eq!(whole["problem"]["code"], "bad_gzip");
    assert!(whole["lines"].as_u64().is_some_and(|lines| lines > 100 && lines < 2_000), "{whole}");
}

struct Outcomes {
    imported: u64,
    bad: usize,
}

impl Outcomes {
    #[expect(clippy::needless_pass_by_value, reason = "it is mapped over values")]
    fn of(report: Value) -> Self {
        let imported = report["imported"].as_u64().expect("a number");
        Self { imported, bad: report["errors"].as_array().expect("a list").len() }
    }
}

#[tokio::test(start_paused = true)]
async fn while_the_tables_fail_a_part_stays() {
    let harness = Harness::start().await;
    harness.upload("a", line(1)).await.expect("split");
    let proxy = Proxy::to("127.0.0.1:1").await; // nobody answers there
    let client = aws_sdk_dynamodb::Client::new(&sdk_config(&format!("http://{}", proxy.address())));
    let table = |name: &str| Table::new(client.clone(), name, Arc::new(SeededRandom::new(7)));
    let context = ImportContext {
        products: souk_store::Products::new(table("products")),
        categories: souk_store::Categories::new(table("categories")),
        inventory: souk_store::Inventory::new(table("inventory"), "local"),
        clock: Arc::new(FixedClock::new()),
        random: Arc::new(SeededRandom::new(7)),
        currency: souk_domain::money::Currency::USD,
    };
    let broken = consumer(&harness.s3, context);
    let (key, etag) = harness.s3.list("parts/").remove(0);
    assert!(broken.consume(&harness.notification(&key, &etag)).await.is_err());
    assert_eq!(harness.reports().len(), 1, "no report of a part that is not imported");
}
