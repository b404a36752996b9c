//! Suggestions while a shopper types: products, categories and brands that begin so.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use souk_domain::ids::{CategoryId, ProductId};

use crate::answer::SearchAnswer;
use crate::document::halves;
use crate::search::within;
use crate::spelling::{allowed_edits, edits};
use crate::text::{code, words};
use crate::{SearchError, SearchIndex};

/// Both rounds. A suggestion that comes later is of no use.
const SUGGEST_TIMEOUT: Duration = Duration::from_millis(700);
/// Most words that are looked at.
const MAX_WORDS: usize = 6;
/// As long as the beginnings in the index, in characters.
const MAX_BEGINNING: usize = 15;
/// Most categories, and most brands.
const FEW: usize = 4;
/// Categories that are looked at: of a product that stands in a category that fits, the other may not fit.
const LABELS: usize = 20;
/// So many products are looked at for one letter or two, which thousands begin with.
const LOOKED_AT: u32 = 50_000;

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
        let exact = self.suggest_by(text, &beginnings, false, limit).await?;
        if exact == Suggestions::default() { self.suggest_by(text, &beginnings, true, limit).await } else { Ok(exact) }
    }

    async fn suggest_by(
        &self,
        text: &str,
        beginnings: &[String],
        nearly: bool,
        limit: u32,
    ) -> Result<Suggestions, SearchError> {
        let bodies = [
            products(text, beginnings, nearly, limit),
            values("category_names.beginnings", "category_labels", LABELS, beginnings, nearly),
            values("brand.beginnings", "brand.raw", FEW, beginnings, nearly),
        ];
        let mut answers = self.ask_all(&bodies).await?.into_iter();
        let mut next = || answers.next().ok_or_else(|| SearchError::Rejected("an answer is missing".to_owned()));
        Ok(Suggestions {
            products: suggested_products(next()?),
            categories: suggested_categories(next()?, beginnings),
            brands: next()?.counted().values(),
        })
    }
}

/// The words as far as they are typed, cut where the index cuts.
fn beginnings(text: &str) -> Vec<String> {
    let words = words(text).into_iter().flat_map(|word| {
        let pieces = word.typed.split(|c: char| !c.is_alphanumeric() && c != '.').map(|piece| piece.trim_matches('.'));
        pieces.map(|piece| piece.chars().take(MAX_BEGINNING).collect::<String>()).collect::<Vec<_>>()
    });
    words.filter(|piece| !piece.is_empty()).take(MAX_WORDS).collect()
}

fn products(text: &str, beginnings: &[String], nearly: bool, limit: u32) -> Value {
    let every: Vec<_> = beginnings.iter().map(|word| begins("name.beginnings", word, nearly)).collect();
    let mut ways = vec![json!({ "bool": { "must": every } })];
    let code = code(text);
    if code.len() >= 4 && code.contains(|c: char| c.is_ascii_digit()) {
        ways.push(json!({ "prefix": { "codes": { "value": code, "boost": 10 } } }));
    }
    // Words that are whole already count more, and so do words in their order.
    let whole = json!({ "match": { "name.exact": { "query": beginnings.join(" ") } } });
    let phrase = json!({ "match_phrase": { "name": { "query": beginnings.join(" "), "slop": 2 } } });
    json!({
        "query": { "bool": { "must": { "bool": { "should": ways } }, "should": [whole, phrase] } },
        "sort": [{ "_score": "desc" }, { "in_stock": "desc" }, { "product_id": "asc" }],
        "size": limit,
        "track_total_hits": false,
        "terminate_after": LOOKED_AT,
        "_source": ["name", "brand"],
        "timeout": "500ms",
    })
}

/// The most frequent values of a field among the products of which another field begins so.
fn values(names: &str, values: &str, size: usize, beginnings: &[String], nearly: bool) -> Value {
    let every: Vec<_> = beginnings.iter().map(|word| begins(names, word, nearly)).collect();
    json!({
        "query": { "bool": { "filter": every } },
        "size": 0,
        "track_total_hits": false,
        "timeout": "500ms",
        "aggs": { "values": { "terms": { "field": values, "size": size } } },
    })
}

fn begins(field: &str, word: &str, nearly: bool) -> Value {
    let mut matched = json!({ "query": word });
    if nearly {
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

/// A product's department is counted with its category: only those stay whose own name fits.
fn suggested_categories(answer: SearchAnswer, beginnings: &[String]) -> Vec<SuggestedCategory> {
    let category = |label: String| {
        let (id, name) = halves(&label)?;
        let category = SuggestedCategory { category_id: id.parse().ok()?, name: name.to_owned() };
        fits(name, beginnings).then_some(category)
    };
    answer.counted().values().into_iter().filter_map(category).take(FEW).collect()
}

/// Whether for each beginning some word of the name begins nearly so.
fn fits(name: &str, beginnings: &[String]) -> bool {
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    beginnings.iter().all(|typed| words.iter().any(|word| begins_nearly(word, typed)))
}

fn begins_nearly(word: &str, typed: &str) -> bool {
    let (length, allowed) = (typed.chars().count(), allowed_edits(typed));
    let start = |chars: usize| word.chars().take(chars).collect::<String>();
    (length.saturating_sub(allowed)..=length + allowed).any(|chars| edits(typed, &start(chars)) <= allowed)
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

    #[test]
    fn only_categories_with_such_a_name_fit() {
        let fits = |name, text| fits(name, &beginnings(text));
        assert!(
            fits("Ink cartridges", "ink") && fits("Ink cartridges", "cart ink") && fits("Ink cartridges", "catrid")
        );
        assert!(fits("Möbel", "mobe"));
        assert!(!fits("Printing", "ink") && !fits("Ink cartridges", "toner"));
    }
}
