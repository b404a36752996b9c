//! Suggestions while a shopper types: products, categories and brands with words that begin so.

use serde_json::{Value, json};
use souk_domain::ids::ProductId;

use crate::SearchError;
use crate::index::{SearchIndex, within_limit};
use crate::names::{PrefixMatch, SuggestedCategory, SuggestionNames, folded, split};
use crate::response::{Hit, SearchResponse};
use crate::spelling::allowed_edits;
use crate::word::code;

/// Maximum words that are used.
const MAX_WORDS: usize = 6;
/// The score of a product that is in stock: less than that of any word.
const IN_STOCK_BOOST: f32 = 0.1;

/// Suggestions for an incomplete text, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// Products.
    pub products: Vec<SuggestedProduct>,
    /// Departments and categories, with most products first.
    pub categories: Vec<SuggestedCategory>,
    /// Brands as they are written, with most products first.
    pub brands: Vec<String>,
}

/// A suggested product, as it is in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedProduct {
    /// Its id.
    pub product_id: ProductId,
    /// Its name.
    pub name: String,
    /// Its brand.
    pub brand: Option<String>,
}

/// What a shopper has typed so far.
#[derive(Debug, Clone)]
pub struct SuggestQuery {
    text: String,
    prefixes: Vec<String>,
    limit: u32,
}

impl SuggestQuery {
    /// At most `limit` products are suggested. None for a text without letters and digits, which suggests nothing.
    pub fn new(text: &str, limit: u32) -> Option<Self> {
        let prefixes = prefixes(text);
        (!prefixes.is_empty()).then(|| Self { text: text.to_owned(), prefixes, limit })
    }
}

impl SearchIndex {
    /// Up to `limit` products, and some categories and brands, with words that begin like those of the text. If there
    /// are none, with words that begin similarly.
    pub async fn suggest(&self, text: &str, limit: u32) -> Result<Suggestions, SearchError> {
        let Some(query) = SuggestQuery::new(text, limit) else { return Ok(Suggestions::default()) };
        let suggest = async { self.suggest_from(&self.suggestion_names().await?, &query).await };
        within_limit(self.limits().suggest, Box::pin(suggest)).await
    }

    /// The same, from names that were fetched before. Has no time limit of its own, unlike each of its steps.
    pub async fn suggest_from(
        &self,
        names: &SuggestionNames,
        query: &SuggestQuery,
    ) -> Result<Suggestions, SearchError> {
        let folded: Vec<_> = query.prefixes.iter().map(|word| folded(word)).collect();
        for how in [PrefixMatch::Exact, PrefixMatch::Fuzzy] {
            let response = self.post_search(request(query, how), self.limits().suggest).await?;
            let suggestions = Suggestions {
                products: suggested_products(response),
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

/// The words of the text, each complete or a prefix.
fn prefixes(text: &str) -> Vec<String> {
    split(text).take(MAX_WORDS).collect()
}

fn request(query: &SuggestQuery, how: PrefixMatch) -> Value {
    let SuggestQuery { text, prefixes, limit } = query;
    let every: Vec<_> = prefixes.iter().map(|word| begins("name.beginnings", word, how)).collect();
    let mut alternatives = vec![json!({ "bool": { "must": every } })];
    let code = code(text);
    if code.len() >= 4 && code.contains(|c: char| c.is_ascii_digit()) {
        alternatives.push(json!({ "prefix": { "codes": { "value": code, "boost": 10 } } }));
    }
    // Complete words score higher, and so do words in their order. Of equals, those in stock.
    let whole = json!({ "match": { "name.exact": { "query": prefixes.join(" ") } } });
    let phrase = json!({ "match_phrase": { "name": { "query": prefixes.join(" "), "slop": 2 } } });
    let in_stock = json!({ "constant_score": { "filter": { "term": { "in_stock": true } }, "boost": IN_STOCK_BOOST } });
    json!({
        "query": { "bool": { "must": { "bool": { "should": alternatives } }, "should": [whole, phrase, in_stock] } },
        // By score alone and uncounted, so that Lucene skips what cannot be among the best: thousands of products begin
        // with the same letter.
        "size": limit,
        "track_total_hits": false,
        "_source": ["name", "brand"],
    })
}

fn begins(field: &str, word: &str, how: PrefixMatch) -> Value {
    let mut matched = json!({ "query": word });
    if how == PrefixMatch::Fuzzy {
        matched["fuzziness"] = json!(allowed_edits(word));
        matched["max_expansions"] = json!(20);
    }
    json!({ "match": { field: matched } })
}

fn suggested_products(response: SearchResponse) -> Vec<SuggestedProduct> {
    let product = |hit: Hit| {
        let product_id = hit.id.parse().ok()?;
        Some(SuggestedProduct { product_id, name: hit.source.name, brand: hit.source.brand })
    };
    response.hits.hits.into_iter().filter_map(product).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_split_as_in_the_index() {
        assert_eq!(prefixes("USB-C  27\" thinkp"), ["usb", "c", "27", "inch", "thinkp"]);
        assert_eq!(prefixes("1.5m"), ["1.5m"]);
        assert_eq!(prefixes(" *:* "), [""; 0]);
        assert_eq!(prefixes(&"x".repeat(99)), ["x".repeat(15)]);
        assert_eq!(prefixes(&"x ".repeat(99)).len(), MAX_WORDS);
    }
}
