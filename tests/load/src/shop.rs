//! Fills the tables by the import's own code, and the index by reindex.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use serde_json::Value;
use souk_catalog_functions::import::Importer;
use souk_catalog_functions::import_products::ImportProducts;
use souk_catalog_functions::reindex::{Order, Reindex};
use souk_domain::account::Role;
use souk_domain::effects::Clock as _;
use souk_domain::money::Currency;
use souk_runtime::effects::{SystemClock, SystemRandom};
use souk_runtime::http::{Endpoint as _, Request};
use souk_search::SearchIndex;
use souk_store::{Categories, Inventory, Products, Table};
use souk_testkit::{Database, user};

use crate::rate_of;

/// Lines of one import.
const IMPORT_LINES: usize = 1_000;
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
        let endpoint = database.serve().await;
        let shop = Self { database, endpoint };
        let started = Instant::now();
        let (mut chunk, mut counts, mut products) = (Vec::new(), Vec::new(), 0);
        for line in BufReader::new(File::open(catalogue).context("the catalogue")?).lines() {
            let line = line?;
            counts.push(count(&line)?);
            chunk.push(without_count(&line));
            if chunk.len() == IMPORT_LINES {
                products += shop.import(&mut chunk, &mut counts).await?;
            }
        }
        products += shop.import(&mut chunk, &mut counts).await?;
        println!("products written: {}", rate_of(products, started));
        shop.index(search_url).await?;
        Ok(shop)
    }

    /// What a function finds in its environment.
    pub(crate) fn environment(&self, search_url: &str, redis_url: &str) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("PRODUCTS_TABLE", self.database.table("products")),
            ("CATEGORIES_TABLE", self.database.table("categories")),
            ("INVENTORY_TABLE", self.database.table("inventory")),
            ("SYNONYMS_TABLE", self.database.table("synonyms")),
            ("SEARCH_DOMAIN", search_url.to_owned()),
            ("CACHE_URL", redis_url.to_owned()),
        ]
    }

    fn table(&self, name: &str) -> Table {
        Table::new(self.database.client.clone(), self.database.table(name), Arc::new(SystemRandom))
    }

    fn inventory(&self) -> Inventory {
        Inventory::new(self.table("inventory"), REGION)
    }

    async fn import(&self, chunk: &mut Vec<String>, counts: &mut Vec<(String, u64)>) -> Result<u64> {
        let importer = Importer {
            products: Products::new(self.table("products")),
            categories: Categories::new(self.table("categories")),
            inventory: self.inventory(),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            currency: Currency::USD,
        };
        let import = ImportProducts { importer };
        let request = Request::new("POST", "/admin/imports").with_json(&chunk.join("\n"));
        let request = request.with_header("content-type", "application/x-ndjson").from_user(user(1), Role::Staff);
        let reply = import.handle(&request).await.map_err(|problem| anyhow::anyhow!("import: {problem:?}"))?;
        let outcome: Value = serde_json::from_str(reply.body())?;
        if outcome["imported"].as_u64() != Some(chunk.len() as u64) {
            bail!("the import refused lines: {outcome}");
        }
        for counts in counts.chunks(COUNTS) {
            self.count(counts).await?;
        }
        counts.clear();
        Ok(std::mem::take(chunk).len() as u64)
    }

    /// First counts, without the ledger that a real import writes: it is not what is measured.
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
        let search = SearchIndex::at(search_url, Arc::new(SystemRandom));
        let reindex = Reindex {
            search: search.clone(),
            products: Products::new(self.table("products")),
            inventory: self.inventory(),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            segments: 1, // dynoxide sorts the whole table for each page of a segment
        };
        let (started, mut written) = (Instant::now(), None);
        while written.is_none() {
            let report = reindex.run(Order::default().until(SystemClock.now())).await?;
            written = report.done.then_some(report.written);
        }
        println!("documents indexed: {}", rate_of(written.unwrap_or_default(), started));
        let primaries = &stats(search_url, "docs,store").await?["_all"]["primaries"];
        let (count, bytes) = (primaries["docs"]["count"].as_u64(), primaries["store"]["size_in_bytes"].as_u64());
        let (count, bytes) = (count.context("no count")?, bytes.context("no size")?);
        println!("index: {count} documents, {} MB, {} bytes each", bytes >> 20, bytes / count.max(1));
        Ok(())
    }
}

/// Queries that OpenSearch has answered so far; each shard and each part of a search counts.
pub(crate) async fn queries(search_url: &str) -> Result<u64> {
    let total = &stats(search_url, "search").await?["_all"]["total"]["search"]["query_total"];
    total.as_u64().context("no count of queries")
}

async fn stats(search_url: &str, what: &str) -> Result<Value> {
    let text = reqwest::get(format!("{search_url}/products/_stats/{what}")).await?.text().await?;
    Ok(serde_json::from_str(&text)?)
}

fn count(line: &str) -> Result<(String, u64)> {
    let product: Value = serde_json::from_str(line).context("a line of the catalogue")?;
    let sku = product["sku"].as_str().context("a line without a sku")?;
    Ok((sku.to_owned(), product["available"].as_u64().unwrap_or(0)))
}

/// Counted apart, many at once. As text: a parsed price would be a float.
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
