//! The requests of shoppers as API Gateway's events: few products and texts often, many rarely (Zipf's law).

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use souk_domain::effects::Random;
use souk_testkit::SeededRandom;

/// Different searches.
const QUERIES: usize = 10_000;
/// One in this number of searches has a misspelt word.
const MISSPELT: u64 = 10;
/// Shares of a thousand calls: product pages, lists of a category with facets, searches with facets. The rest are
/// suggestions while a shopper types.
const PAGES: u64 = 450;
const LISTS: u64 = 250;
const SEARCHES: u64 = 150;

/// One call.
pub(crate) struct Call {
    /// The function that handles it.
    pub(crate) function: &'static str,
    /// For the report.
    pub(crate) kind: &'static str,
    /// The event of API Gateway.
    pub(crate) event: Vec<u8>,
}

/// Generates calls for a catalogue.
pub(crate) struct Work {
    products: Vec<String>,
    categories: Vec<String>,
    queries: Vec<String>,
    product_ranks: Zipf,
    category_ranks: Zipf,
    query_ranks: Zipf,
    list_event: String,
    page_event: String,
    suggest_event: String,
}

/// Placeholders in the events' texts.
const PATH: &str = "\"@path\"";
const PRODUCT_ID: &str = "\"@product_id\"";
const RAW_QUERY: &str = "\"@raw\"";
const PARAMETERS: &str = "\"@parameters\"";

impl Work {
    /// Reads a catalogue of JSON lines. The first product is the most popular.
    pub(crate) fn of(catalogue: &Path) -> Result<Self> {
        let (mut products, mut categories, mut queries) = (Vec::new(), Vec::new(), Vec::new());
        let random = SeededRandom::new(11);
        for line in BufReader::new(File::open(catalogue).context("the catalogue")?).lines() {
            let product: Value = serde_json::from_str(&line?).context("a line of the catalogue")?;
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            products.push(text(&product["sku"]));
            let names: Vec<_> = product["category"].as_array().into_iter().flatten().map(text).collect();
            let path = souk_domain::catalog::CategoryPath::from_names(&names).ok();
            for category in path.iter().flat_map(souk_domain::catalog::CategoryPath::categories) {
                let id = category.category_id.to_string();
                if !categories.contains(&id) {
                    categories.push(id);
                }
            }
            if queries.len() < QUERIES {
                queries.push(query(&text(&product["name"]), &random));
            }
        }
        Ok(Self {
            product_ranks: Zipf::new(products.len()),
            category_ranks: Zipf::new(categories.len()),
            query_ranks: Zipf::new(queries.len()),
            products,
            categories,
            queries,
            list_event: query_event(include_str!("../../../events/list-products.json"))?,
            page_event: page_event(include_str!("../../../events/get-product.json"))?,
            suggest_event: query_event(include_str!("../../../events/suggest.json"))?,
        })
    }

    /// The next call.
    pub(crate) fn call(&self, random: &dyn Random) -> Call {
        match random.below(1_000) {
            n if n < PAGES => {
                let product_id = &self.products[self.product_ranks.rank(random)];
                let event = self.page_event.replacen(PATH, &json!(format!("/products/{product_id}")).to_string(), 1);
                let event = event.replacen(PRODUCT_ID, &json!(product_id).to_string(), 1);
                Call { function: "get-product", kind: "page", event: event.into_bytes() }
            }
            n if n < PAGES + LISTS => {
                let category_id = &self.categories[self.category_ranks.rank(random)];
                // Every second shopper requests another page than the first.
                let page = 1 + random.below(2) * random.below(5);
                self.list("list", &[("category_id", category_id), ("page", &page.to_string())])
            }
            n if n < PAGES + LISTS + SEARCHES => self.list("search", &[("search", self.query(random))]),
            _ => {
                let event = with_query(&self.suggest_event, &[("q", &typed(self.query(random), random))]);
                Call { function: "suggest", kind: "suggest", event: event.into_bytes() }
            }
        }
    }

    fn query(&self, random: &dyn Random) -> &str {
        &self.queries[self.query_ranks.rank(random)]
    }

    fn list(&self, kind: &'static str, parameters: &[(&str, &str)]) -> Call {
        Call { function: "list-products", kind, event: with_query(&self.list_event, parameters).into_bytes() }
    }
}

/// A sample event with placeholders for its query. Replacing text costs a fraction of writing JSON for each call, and
/// the load shares its cores with what it measures.
fn query_event(sample: &str) -> Result<String> {
    let mut event: Value = serde_json::from_str(sample).context("a sample event")?;
    event["headers"]["accept-encoding"] = json!("gzip");
    event["rawQueryString"] = json!("@raw");
    event["queryStringParameters"] = json!("@parameters");
    Ok(event.to_string())
}

fn page_event(sample: &str) -> Result<String> {
    let mut event: Value = serde_json::from_str(sample).context("a sample event")?;
    event["rawPath"] = json!("@path");
    event["pathParameters"] = json!({ "product_id": "@product_id" });
    Ok(event.to_string())
}

/// The event with a query, in both forms of API Gateway's format.
fn with_query(event: &str, parameters: &[(&str, &str)]) -> String {
    let raw = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
    let parameters = Value::Object(parameters.collect()).to_string();
    event.replacen(RAW_QUERY, &json!(raw).to_string(), 1).replacen(PARAMETERS, &parameters, 1)
}

/// Two words of a product's name, sometimes with two letters swapped.
fn query(name: &str, random: &dyn Random) -> String {
    let words: Vec<_> = name.split([' ', ',']).filter(|word| word.chars().all(char::is_alphabetic)).collect();
    let words: Vec<_> = words.into_iter().filter(|word| word.len() > 2).collect();
    let count = words.len() as u64;
    if count == 0 {
        return name.to_owned();
    }
    let pick = |random: &dyn Random| usize::try_from(random.below(count)).unwrap_or(0);
    let (first, second) = (pick(random), pick(random));
    let mut text = words[first].to_lowercase();
    if random.below(MISSPELT) == 0 && text.is_ascii() && text.len() > 4 {
        let mut letters = text.into_bytes();
        letters.swap(1, 2);
        text = String::from_utf8_lossy(&letters).into_owned();
    }
    if first == second { text } else { format!("{text} {}", words[second].to_lowercase()) }
}

/// A prefix of a query, as a shopper types it.
fn typed(query: &str, random: &dyn Random) -> String {
    let letters = 1 + random.below(query.chars().count().max(1) as u64);
    query.chars().take(usize::try_from(letters).unwrap_or(1)).collect::<String>().trim_end().to_owned()
}

/// Ranks with frequencies 1, 1/2, 1/3, …
struct Zipf {
    cumulated: Vec<u64>,
}

impl Zipf {
    const FIRST: u64 = 1 << 40;

    fn new(ranks: usize) -> Self {
        let weights = (1..=ranks as u64).map(|rank| Self::FIRST / rank);
        let cumulated = weights.scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self { cumulated: cumulated.collect() }
    }

    fn rank(&self, random: &dyn Random) -> usize {
        let drawn = random.below(self.cumulated.last().copied().unwrap_or(1));
        self.cumulated.partition_point(|sum| *sum <= drawn)
    }
}

#[cfg(test)]
mod tests {
    use lambda_http::RequestExt as _;

    use super::*;

    #[test]
    fn the_first_is_asked_for_twice_as_often_as_the_second() {
        let (zipf, random) = (Zipf::new(1_000), SeededRandom::new(3));
        let mut counts = vec![0_u32; 1_000];
        for _ in 0..100_000 {
            counts[zipf.rank(&random)] += 1;
        }
        // H(1000) is 7.485: 13,360 for the first.
        assert!((12_900..13_900).contains(&counts[0]) && (6_300..7_100).contains(&counts[1]), "{:?}", &counts[..3]);
        assert!(counts[999] < 50);
    }

    #[test]
    fn functions_read_the_query_that_is_meant() {
        let event = query_event(include_str!("../../../events/suggest.json")).expect("an event");
        let event = with_query(&event, &[("q", "ca & \"fé\""), ("limit", "3")]);
        let request: lambda_http::Request =
            serde_json::from_str::<lambda_http::request::LambdaRequest>(&event).expect("a request").into();
        let parameters = request.query_string_parameters();
        assert_eq!((parameters.first("q"), parameters.first("limit")), (Some("ca & \"fé\""), Some("3")));
    }

    #[test]
    fn queries_are_words_of_names() {
        let random = SeededRandom::new(3);
        for _ in 0..100 {
            let query = query("Moorgate Koda 55 L Hiking Backpack, red", &random);
            assert!((1..=2).contains(&query.split(' ').count()) && query == query.to_lowercase(), "{query}");
        }
    }
}
