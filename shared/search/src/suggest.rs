//! Suggestions while a shopper types: products, categories and brands that begin so.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use souk_domain::ids::{CategoryId, ProductId};

use crate::answer::SearchAnswer;
use crate::names::{Match, cut, folded};
use crate::search::within;
use crate::spelling::allowed_edits;
use crate::text::code;
use crate::{SearchError, SearchIndex};

/// Both rounds. A suggestion that comes later is of no use.
const SUGGEST_TIMEOUT: Duration = Duration::from_millis(700);
/// Most words that are looked at.
const MAX_WORDS: usize = 6;
/// What it counts that a product is in stock: less than any word.
const IN_STOCK_BOOST: f32 = 0.1;

/// What a shopper may be about to type, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// Products.
    pub products: Vec<SuggestedProduct>,
    /// Departments and categories, with most products first.
    pub categories: Vec<SuggestedCategory>,
    /// Brands as they are written, with most products first.
    pub brands: Vec<String>,
}

/// A product as the index knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedProduct {
    /// Which.
    pub product_id: ProductId,
    /// Its name.
    pub name: String,
    /// Its maker.
    pub brand: Option<String>,
}

/// A department or a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedCategory {
    /// Which.
    pub category_id: CategoryId,
    /// Its name.
    pub name: String,
}

impl SearchIndex {
    /// Up to `limit` products, and some categories and brands, in whose names words begin like those of the text. If there
    /// are none, beginnings that are nearly so.
    pub async fn suggest(&self, text: &str, limit: u32) -> Result<Arc<Suggestions>, SearchError> {
        within(SUGGEST_TIMEOUT, self.suggestions(text, limit)).await
    }

    /// The same, without a bound in time.
    pub(crate) async fn look_for_suggestions(&self, text: &str, limit: u32) -> Result<Suggestions, SearchError> {
        let beginnings = beginnings(text);
        if beginnings.is_empty() {
            return Ok(Suggestions::default());
        }
        let folded: Vec<_> = beginnings.iter().map(|word| folded(word)).collect();
        let names = self.names().await?;
        for how in [Match::Exactly, Match::Nearly] {
            let products = suggested_products(self.ask(&products(text, &beginnings, how, limit)).await?);
            let suggestions = Suggestions {
                products,
                categories: names.categories(&folded, how).cloned().collect(),
                brands: names.brands(&folded, how).cloned().collect(),
            };
            if suggestions != Suggestions::default() {
                return Ok(suggestions);
            }
        }
        Ok(Suggestions::default())
    }
}

/// The words as far as they are typed.
fn beginnings(text: &str) -> Vec<String> {
    cut(text).take(MAX_WORDS).collect()
}

fn products(text: &str, beginnings: &[String], how: Match, limit: u32) -> Value {
    let every: Vec<_> = beginnings.iter().map(|word| begins("name.beginnings", word, how)).collect();
    let mut ways = vec![json!({ "bool": { "must": every } })];
    let code = code(text);
    if code.len() >= 4 && code.contains(|c: char| c.is_ascii_digit()) {
        ways.push(json!({ "prefix": { "codes": { "value": code, "boost": 10 } } }));
    }
    // Words that are whole already count more, and so do words in their order. Of equals, those that can be had.
    let whole = json!({ "match": { "name.exact": { "query": beginnings.join(" ") } } });
    let phrase = json!({ "match_phrase": { "name": { "query": beginnings.join(" "), "slop": 2 } } });
    let in_stock = json!({ "constant_score": { "filter": { "term": { "in_stock": true } }, "boost": IN_STOCK_BOOST } });
    json!({
        "query": { "bool": { "must": { "bool": { "should": ways } }, "should": [whole, phrase, in_stock] } },
        // By score alone and uncounted: then Lucene passes over what cannot be among the best, as thousands of products
        // begin with the same letter.
        "size": limit,
        "track_total_hits": false,
        "_source": ["name", "brand"],
        "timeout": "500ms",
    })
}

fn begins(field: &str, word: &str, how: Match) -> Value {
    let mut matched = json!({ "query": word });
    if how == Match::Nearly {
        matched["fuzziness"] = json!(allowed_edits(word));
        matched["max_expansions"] = json!(20);
    }
    json!({ "match": { field: matched } })
}

fn suggested_products(answer: SearchAnswer) -> Vec<SuggestedProduct> {
    let product = |hit: crate::answer::Hit| {
        let product_id = hit.id.parse().ok()?;
        Some(SuggestedProduct { product_id, name: hit.source.name, brand: hit.source.brand })
    };
    answer.hits.hits.into_iter().filter_map(product).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_like_the_index() {
        assert_eq!(beginnings("USB-C  27\" thinkp"), ["usb", "c", "27", "inch", "thinkp"]);
        assert_eq!(beginnings("1.5m"), ["1.5m"]);
        assert_eq!(beginnings(" *:* "), [""; 0]);
        assert_eq!(beginnings(&"x".repeat(99)), ["x".repeat(15)]);
        assert_eq!(beginnings(&"x ".repeat(99)).len(), MAX_WORDS);
    }
}
