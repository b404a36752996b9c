//! Fills the tables as an upload to S3 does, and the index by reindex.

use std::fs::File;
use std::future::pending;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use serde_json::Value;
use souk_catalog_functions::import::ImportContext;
use souk_catalog_functions::import_upload::ImportUpload;
use souk_catalog_functions::reindex::{Reindex, ReindexCommand};
use souk_domain::effects::Clock as _;
use souk_domain::money::Currency;
use souk_runtime::effects::{SystemClock, SystemRandom};
use souk_runtime::objects::{Created, ObjectConsumer as _, Objects};
use souk_search::{SearchIndex, SearchLimits};
use souk_store::{Categories, Inventory, Products, Table};
use souk_testkit::{Database, FakeS3};

use crate::rate_of;

/// The catalogue in the bucket.
const UPLOAD: &str = "uploads/catalogue.jsonl";
/// Items of one write of counts.
const COUNTS: usize = 25;
/// The functions' region.
const REGION: &str = "us-east-1";

/// A filled shop.
pub(crate) struct Shop {
    database: Database,
    endpoint: String,
}

impl Shop {
    /// From a catalogue of JSON lines.
    pub(crate) async fn fill(catalogue: &Path, search_url: &str) -> Result<Self> {
        let database = Database::start_without_streams().await;
        let endpoint = serve(database.clone())?;
        let shop = Self { database, endpoint };
        shop.upload(catalogue).await?;
        shop.index(search_url).await?;
        Ok(shop)
    }

    /// The environment of the functions.
    pub(crate) fn environment(&self, search_url: &str, redis_url: &str) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_REGION", REGION.to_owned()),
            // All requests have one address.
            ("LIMITS", "off".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("PRODUCTS_TABLE", self.database.table("products")),
            ("CATEGORIES_TABLE", self.database.table("categories")),
            ("INVENTORY_TABLE", self.database.table("inventory")),
            ("SYNONYMS_TABLE", self.database.table("synonyms")),
            ("SEARCH_ENDPOINT", search_url.to_owned()),
            ("CACHE_URL", redis_url.to_owned()),
        ]
    }

    fn table(&self, name: &str) -> Table {
        Table::new(self.database.client.clone(), self.database.table(name), Arc::new(SystemRandom))
    }

    fn inventory(&self) -> Inventory {
        Inventory::new(self.table("inventory"), REGION)
    }

    /// Imports a catalogue with the consumer of uploads: it splits the file, then imports part by part.
    async fn upload(&self, catalogue: &Path) -> Result<()> {
        let bucket = FakeS3::default();
        let context = ImportContext {
            products: Products::new(self.table("products")),
            categories: Categories::new(self.table("categories")),
            inventory: self.inventory(),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            currency: Currency::USD,
        };
        let objects = Objects::new(&bucket.sdk_config(), "imports", Arc::new(SystemRandom));
        let import = ImportUpload { objects, context, random: Arc::new(SystemRandom) };
        let (mut upload, mut counts) = (Vec::new(), Vec::new());
        for line in BufReader::new(File::open(catalogue).context("the catalogue")?).lines() {
            let line = line?;
            counts.push(count(&line)?);
            upload.extend_from_slice(without_count(&line).as_bytes());
            upload.push(b'\n');
        }
        let megabytes = upload.len() >> 20;
        let etag = bucket.put(UPLOAD, upload);
        let started = Instant::now();
        consume(&import, &bucket, UPLOAD, etag).await?;
        let parts = bucket.list("parts/");
        println!("upload of {megabytes} MB split: {}", rate_of(parts.len() as u64, "parts", started));
        for (key, etag) in parts {
            consume(&import, &bucket, &key, etag).await?;
        }
        let products = imported(&bucket)?;
        if products != counts.len() as u64 {
            bail!("of {} lines {products} are imported", counts.len());
        }
        println!("imported: {}", rate_of(products, "products", started));
        for counts in counts.chunks(COUNTS) {
            self.count(counts).await?;
        }
        Ok(())
    }

    /// Writes the stock of many products at once and without the ledger of a real import, as it is not measured.
    async fn count(&self, counts: &[(String, u64)]) -> Result<()> {
        let shard = self.inventory().shard(0);
        let puts = counts.iter().map(|(product_id, available)| {
            let put = PutRequest::builder()
                .item("product_id", AttributeValue::S(product_id.clone()))
                .item("shard", AttributeValue::S(shard.as_str().to_owned()))
                .item("available", AttributeValue::N(available.to_string()));
            Ok(WriteRequest::builder().put_request(put.build()?).build())
        });
        let puts = puts.collect::<Result<Vec<_>>>()?;
        let request = self.database.client.batch_write_item().request_items(self.database.table("inventory"), puts);
        let left = request.send().await?.unprocessed_items.unwrap_or_default();
        if left.is_empty() { Ok(()) } else { bail!("dynoxide left counts unwritten") }
    }

    async fn index(&self, search_url: &str) -> Result<()> {
        let search = SearchIndex::at(search_url, SearchLimits::of_search(1_500), Arc::new(SystemRandom));
        let reindex = Reindex {
            search: search.clone(),
            products: Products::new(self.table("products")),
            inventory: self.inventory(),
            categories: Categories::new(self.table("categories")),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            segments: 1, // dynoxide sorts the whole table for each page of a segment
        };
        let (started, mut written) = (Instant::now(), None);
        while written.is_none() {
            let report = reindex.run(ReindexCommand::default().until(SystemClock.now())).await?;
            written = report.done.then_some(report.written);
        }
        println!("indexed: {}", rate_of(written.unwrap_or_default(), "documents", started));
        let primaries = &stats(search_url, "docs,store").await?["_all"]["primaries"];
        let (count, bytes) = (primaries["docs"]["count"].as_u64(), primaries["store"]["size_in_bytes"].as_u64());
        let (count, bytes) = (count.context("no count")?, bytes.context("no size")?);
        println!("index: {count} documents, {} MB, {} bytes each", bytes >> 20, bytes / count.max(1));
        Ok(())
    }
}

/// The number of queries that OpenSearch has answered. Each shard and each part of a search counts.
pub(crate) async fn queries(search_url: &str) -> Result<u64> {
    let total = &stats(search_url, "search").await?["_all"]["total"]["search"]["query_total"];
    total.as_u64().context("no count of queries")
}

async fn stats(search_url: &str, what: &str) -> Result<Value> {
    let text = reqwest::get(format!("{search_url}/products/_stats/{what}")).await?.text().await?;
    Ok(serde_json::from_str(&text)?)
}

/// Serves the database in a thread of its own, so that the runtime API never waits for it.
fn serve(database: Database) -> Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (tell, endpoint) = mpsc::channel();
    thread::spawn(move || {
        runtime.block_on(async {
            if tell.send(database.serve().await).is_ok() {
                pending::<()>().await; // for as long as this process runs
            }
        });
    });
    endpoint.recv().context("the database does not start")
}

/// Consumes the notification about an object, then deletes the object.
async fn consume(import: &ImportUpload, bucket: &FakeS3, key: &str, etag: String) -> Result<()> {
    let size = bucket.get(key).context("no such object")?.len() as u64;
    let outcome = import.consume(&Created { key: key.to_owned(), etag, size }).await;
    outcome.map_err(|error| anyhow::anyhow!("import of {key}: {error}"))?;
    bucket.delete(key);
    Ok(())
}

/// The number of imported products in the reports. Fails if one has errors.
fn imported(bucket: &FakeS3) -> Result<u64> {
    let mut imported = 0;
    for (key, _) in bucket.list("reports/") {
        let report: Value = serde_json::from_slice(&bucket.get(&key).unwrap_or_default())?;
        let errors = report["errors"].as_array().map_or(0, Vec::len);
        if errors > 0 || !report["problem"].is_null() {
            bail!("{key}: {report}");
        }
        imported += report["imported"].as_u64().unwrap_or(0);
    }
    Ok(imported)
}

fn count(line: &str) -> Result<(String, u64)> {
    let product: Value = serde_json::from_str(line).context("a line of the catalogue")?;
    let sku = product["sku"].as_str().context("a line without a sku")?;
    Ok((sku.to_owned(), product["available"].as_u64().unwrap_or(0)))
}

/// Removes the count from the text of a line: a parsed price would be a float.
fn without_count(line: &str) -> String {
    let Some((before, rest)) = line.split_once(r#""available":"#) else { return line.to_owned() };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{before}{}", rest.strip_prefix(',').unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_taken_out() {
        let line = r#"{"sku":"a","available":12,"ean":[]}"#;
        assert_eq!(
            (count(line).expect("a line"), without_count(line).as_str()),
            (("a".into(), 12), r#"{"sku":"a","ean":[]}"#)
        );
        assert_eq!(without_count(r#"{"sku":"a"}"#), r#"{"sku":"a"}"#);
    }
}
