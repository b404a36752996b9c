//! What is searched for, and the query that finds it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use souk_domain::ids::CategoryId;
use souk_domain::validation::Invalid;

use crate::document::pair;
use crate::mapping::{KIND_END, KIND_START};
use crate::spelling::Corrections;
use crate::synonyms;
use crate::text::{Word, code};

/// How deep pages reach: OpenSearch keeps so many hits in memory for each page.
pub const MAX_DEPTH: u32 = 10_000;
/// Up to here hits of a text search are counted exactly; beyond, `total` says at least so many.
const COUNTED_HITS: u32 = 100_000;
/// Most entries of a facet.
const FACET_ENTRIES: u32 = 100;
/// Most words of a product kind (`usb flash drives`).
const MAX_KIND_WORDS: usize = 4;
/// What a match of the whole text with an article number counts: more than any other match.
const CODE_BOOST: usize = 1_000_000;
/// What each word of a product kind counts; a word that matches the name counts some 300 to 3,000.
const KIND_BOOST: usize = 1_500;

/// The order of products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best match first; without a text, in stock first and newest first.
    #[default]
    Relevance,
    /// Cheapest first.
    PriceAsc,
    /// Dearest first.
    PriceDesc,
    /// Latest release first.
    Newest,
    /// By name, whatever the case.
    Name,
}

/// Which page of how many products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    from: u32,
    limit: u32,
}

impl Window {
    /// Page `page`, from 1, of `limit` products each. A page beyond [`MAX_DEPTH`] products is refused.
    pub fn new(page: u32, limit: u32) -> Result<Self, Invalid> {
        let from = page.checked_sub(1).and_then(|earlier| earlier.checked_mul(limit));
        let window = from.filter(|from| from.checked_add(limit).is_some_and(|end| end <= MAX_DEPTH));
        let from = window.ok_or_else(|| {
            Invalid::new(
                "out_of_range",
                format!("pages must be within the first {MAX_DEPTH} products; narrow the search"),
            )
        })?;
        Ok(Self { from, limit })
    }
}

impl Default for Window {
    /// The first 20.
    fn default() -> Self {
        Self { from: 0, limit: 20 }
    }
}

/// A search. The default is the first page of everything.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    /// In this department or category.
    pub category_id: Option<CategoryId>,
    /// What the shopper typed; empty means browsing.
    pub text: Option<String>,
    /// Of any of these brands, whatever the case.
    pub brand: Vec<String>,
    /// With these attributes, as `(name, value)`. Values of one name are alternatives, names all have to hold.
    pub attributes: Vec<(String, String)>,
    /// At this price or above, in minor units.
    pub min_price_minor: Option<i64>,
    /// At this price or below, in minor units.
    pub max_price_minor: Option<i64>,
    /// Only what is in stock, or only what is sold out.
    pub in_stock: Option<bool>,
    /// In which order.
    pub sort: Sort,
    /// Which page.
    pub window: Window,
    /// Count facets as well; they cost about as much as the search.
    pub facets: bool,
}

/// The words of a search and how strictly they are taken.
pub(crate) struct Wanted<'a> {
    pub(crate) words: &'a [Word],
    pub(crate) corrections: &'a Corrections,
    /// How many of the required words must be there.
    pub(crate) matching: usize,
}

/// The body of a search request. Without words: browsing.
pub(crate) fn body(query: &SearchQuery, wanted: Option<&Wanted<'_>>) -> Value {
    let mut filters = filters(query);
    let mut scores = Vec::new();
    if let Some(wanted) = wanted {
        filters.push(wanted.gate());
        if query.sort == Sort::Relevance {
            scores = wanted.scores();
        }
    }
    let mut found = json!({ "bool": { "filter": filters, "should": scores } });
    if wanted.is_some() && query.sort == Sort::Relevance {
        // Of two that match as well, the one that can be had comes first.
        let sold_out = json!({ "filter": { "term": { "in_stock": false } }, "weight": 0.9 });
        found = json!({ "function_score": { "query": found, "functions": [sold_out], "boost_mode": "multiply" } });
    }
    let counted = if wanted.is_some() { json!(COUNTED_HITS) } else { json!(true) };
    let mut body = json!({
        "query": found,
        "sort": sort(query.sort, wanted.is_some()),
        "from": query.window.from,
        "size": query.window.limit,
        "track_total_hits": counted,
        "_source": false,
        // Rather no answer than one with parts of the index missing.
        "timeout": "1s",
    });
    let brand = brand_filter(&query.brand);
    if query.facets {
        body["aggs"] = facets(brand.as_ref());
    }
    if let Some(brand) = brand {
        // After the facets are counted: the other brands stay to be chosen.
        body["post_filter"] = brand;
    }
    body
}

fn filters(query: &SearchQuery) -> Vec<Value> {
    let mut filters = Vec::new();
    if let Some(category_id) = &query.category_id {
        filters.push(json!({ "term": { "category_ids": category_id } }));
    }
    if let Some(in_stock) = query.in_stock {
        filters.push(json!({ "term": { "in_stock": in_stock } }));
    }
    if query.min_price_minor.is_some() || query.max_price_minor.is_some() {
        let mut range = serde_json::Map::new();
        range.extend(query.min_price_minor.map(|min| ("gte".to_owned(), json!(min))));
        range.extend(query.max_price_minor.map(|max| ("lte".to_owned(), json!(max))));
        filters.push(json!({ "range": { "price_minor": range } }));
    }
    let mut attributes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in &query.attributes {
        attributes.entry(name).or_default().push(pair(name, value));
    }
    filters.extend(attributes.into_values().map(|pairs| json!({ "terms": { "attributes": pairs } })));
    filters
}

fn brand_filter(brands: &[String]) -> Option<Value> {
    (!brands.is_empty()).then(|| json!({ "terms": { "brand.folded": brands } }))
}

/// Each facet counts what the other filters leave.
fn facets(brand: Option<&Value>) -> Value {
    let everything = json!({ "match_all": {} });
    let of = |filter: &Value, field: &str| {
        let values = json!({ "terms": { "field": field, "size": FACET_ENTRIES } });
        json!({ "filter": filter, "aggs": { "values": values } })
    };
    json!({
        "brands": of(&everything, "brand.raw"),
        "categories": of(brand.unwrap_or(&everything), "category_ids"),
    })
}

/// Ends with the id, so that no two products are equal and pages do not overlap.
fn sort(sort: Sort, has_text: bool) -> Value {
    let id = json!({ "product_id": "asc" });
    match sort {
        Sort::Relevance if has_text => json!([{ "_score": "desc" }, { "in_stock": "desc" }, id]),
        Sort::Relevance => json!([{ "in_stock": "desc" }, { "released": { "order": "desc", "missing": "_last" } }, id]),
        Sort::PriceAsc => json!([{ "price_minor": "asc" }, id]),
        Sort::PriceDesc => json!([{ "price_minor": "desc" }, id]),
        Sort::Newest => json!([{ "released": { "order": "desc", "missing": "_last" } }, id]),
        Sort::Name => json!([{ "name.sort": { "order": "asc", "missing": "_last" } }, id]),
    }
}

/// Another way to write a word, and how much less it counts, in tenths.
struct Variant {
    text: String,
    tenths: u32,
}

impl Wanted<'_> {
    /// What matches at all: enough of the words, anywhere in the product, or the code.
    fn gate(&self) -> Value {
        let required = self.words.iter().enumerate().filter(|(_, word)| word.required);
        let words: Vec<_> = required.map(|(at, _)| any(&self.places(at))).collect();
        let enough = json!({ "bool": { "should": words, "minimum_should_match": self.matching } });
        any(&[json!({ "term": { "codes": self.code() } }), enough])
    }

    /// Everything that counts as having this word.
    fn places(&self, at: usize) -> Vec<Value> {
        let word = &self.words[at];
        let mut places: Vec<_> = self.variants(at).iter().map(|variant| phrase("all", &variant.text)).collect();
        if word.whole.chars().count() >= 4 {
            // note book in the name, for notebook
            places.push(json!({ "match": { "name.joined": { "query": word.whole } } }));
        }
        if !word.is_letters() {
            places.push(json!({ "term": { "codes": code(&word.whole) } }));
        }
        places
    }

    /// How well it matches: each word by the best field and variant, words together, the kind of product, the code.
    fn scores(&self) -> Vec<Value> {
        let mut scores: Vec<_> = (0..self.words.len()).map(|at| self.word_score(at)).collect();
        if self.words.len() > 1 {
            let text = joined(self.words.iter().map(|word| match word.parts.len() {
                1 => self.corrected(word).to_owned(),
                _ => word.parts.join(" "),
            }));
            scores.push(json!({ "match_phrase": { "name": { "query": text, "slop": 3, "boost": 100 } } }));
        }
        scores.push(self.kinds());
        scores.push(constant(&json!({ "term": { "codes": self.code() } }), CODE_BOOST));
        scores
    }

    fn word_score(&self, at: usize) -> Value {
        let (mut ways, mut categories) = (Vec::new(), Vec::new());
        for Variant { text, tenths } in self.variants(at) {
            let field = |name: &str, percent: u32| json!({ "match_phrase": { name: { "query": text, "boost": percent * tenths / 10 } } });
            ways.push(field("name", 300));
            ways.push(field("brand", 250));
            ways.push(field("attribute_text", 60));
            ways.push(field("description", 50));
            categories.push(field("category_names", 100));
        }
        let best = json!({ "dis_max": { "queries": ways, "tie_breaker": 0.2 } });
        json!({ "bool": { "should": [best, { "dis_max": { "queries": categories } }] } })
    }

    /// A search that names a kind of product, in all its words or in some, means that kind. Most of all if it stands
    /// where English puts what a thing is: a notebook bag is a bag.
    fn kinds(&self) -> Value {
        let after_first = self.words.iter().skip(1);
        // keyboard for notebooks
        let head = after_first.clone().position(|word| !word.required).unwrap_or(after_first.len());
        let mut kinds = Vec::new();
        for first in 0..self.words.len() {
            for last in first..self.words.len().min(first + MAX_KIND_WORDS) {
                let names = self.kind_names(first, last);
                let exactly = names.iter().map(|name| kind(name));
                let boost = if last == head { KIND_BOOST * (last - first + 1) } else { KIND_BOOST / 2 };
                kinds.push(constant(&any(&exactly.collect::<Vec<_>>()), boost));
            }
        }
        // usb c cable: a usb cable
        for word in self.words.iter().take(head.saturating_sub(1)) {
            let name = joined([word, &self.words[head]].into_iter().map(|word| self.corrected(word)));
            kinds.push(constant(&kind(&name), KIND_BOOST * 2));
        }
        json!({ "dis_max": { "queries": kinds } })
    }

    /// What a span of words may mean as the name of a kind.
    fn kind_names(&self, first: usize, last: usize) -> Vec<String> {
        let span = &self.words[first..=last];
        let mut names = vec![joined(span.iter().map(|word| word.whole.as_str()))];
        if first == last {
            names.extend(self.variants(first).into_iter().map(|variant| variant.text));
        } else {
            names.push(joined(span.iter().map(|word| self.corrected(word))));
        }
        let synonyms: Vec<_> = names.iter().flat_map(|name| synonyms::of(name)).map(str::to_owned).collect();
        names.extend(synonyms);
        names.sort();
        names.dedup();
        names
    }

    /// The word, or what it most likely meant.
    fn corrected<'a>(&'a self, word: &'a Word) -> &'a str {
        self.corrections.get(&word.whole).and_then(|meant| meant.first()).unwrap_or(&word.whole)
    }

    /// The word as it is, in parts, joined with its neighbours, in other words, corrected.
    fn variants(&self, at: usize) -> Vec<Variant> {
        let word = &self.words[at];
        let mut variants = Vec::new();
        let mut add = |text: String, tenths| {
            if variants.iter().all(|known: &Variant| known.text != text) {
                variants.push(Variant { text, tenths });
            }
        };
        // A letter or digit alone says nothing: usb c, size s, series 3 mean both words next to each other.
        let alone = self.words.len() > 1 && word.whole.chars().count() == 1;
        if !alone {
            add(word.whole.clone(), 10);
            add(word.parts.join(" "), 10);
        }
        let corrected = |text: &str| self.corrections.get(text).into_iter().flatten().cloned();
        let synonyms = |text: &str| synonyms::of(text).map(str::to_owned).collect::<Vec<_>>();
        for text in synonyms(&word.whole) {
            add(text, 8);
        }
        for text in corrected(&word.whole) {
            for text in synonyms(&text) {
                add(text, 6);
            }
            add(text, 7);
        }
        for first in [at.checked_sub(1), Some(at)].into_iter().flatten() {
            if let [left, right] = self.words.get(first..first + 2).unwrap_or_default() {
                let joined = format!("{}{}", left.whole, right.whole);
                for text in synonyms(&format!("{} {}", left.whole, right.whole)) {
                    add(text, 8);
                }
                for text in corrected(&joined) {
                    add(text, 7);
                }
                add(joined, 10);
                if alone {
                    add(format!("{} {}", left.whole, right.whole), 10);
                }
            }
        }
        variants
    }

    /// The whole text as an article number.
    fn code(&self) -> String {
        code(&self.words.iter().map(|word| word.whole.as_str()).collect::<String>())
    }
}

fn joined<S: AsRef<str>>(words: impl Iterator<Item = S>) -> String {
    words.fold(
        String::new(),
        |text, word| if text.is_empty() { word.as_ref().to_owned() } else { text + " " + word.as_ref() },
    )
}

fn any(queries: &[Value]) -> Value {
    json!({ "bool": { "should": queries, "minimum_should_match": 1 } })
}

fn phrase(field: &str, text: &str) -> Value {
    json!({ "match_phrase": { field: { "query": text } } })
}

/// Products of exactly that kind.
fn kind(name: &str) -> Value {
    phrase("kinds", &format!("{KIND_START} {name} {KIND_END}"))
}

fn constant(filter: &Value, boost: usize) -> Value {
    json!({ "constant_score": { "filter": filter, "boost": boost } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words;

    fn query() -> SearchQuery {
        SearchQuery::default()
    }

    fn searched(text: &str, matching: usize) -> Value {
        let (words, corrections) =
            (words(text), Corrections::from([("prniter".to_owned(), vec!["printer".to_owned()])]));
        body(&query(), Some(&Wanted { words: &words, corrections: &corrections, matching }))
    }

    /// The part of the query that decides what matches.
    fn gate(body: &Value) -> &Value {
        &body["query"]["function_score"]["query"]["bool"]["filter"][0]["bool"]["should"][1]["bool"]
    }

    #[test]
    fn windows_have_an_end() {
        assert_eq!(Window::new(1, 20), Ok(Window::default()));
        assert_eq!(Window::new(3, 25), Ok(Window { from: 50, limit: 25 }));
        assert!(Window::new(100, 100).is_ok());
        for (page, limit) in [(101, 100), (0, 20), (u32::MAX, 100), (10_001, 1), (2, u32::MAX)] {
            assert_eq!(Window::new(page, limit).map_err(|e| e.code), Err("out_of_range"), "{page} {limit}");
        }
    }

    #[test]
    fn browsing_asks_for_everything_in_stable_order() {
        let body = body(&query(), None);
        assert_eq!(body["query"], json!({ "bool": { "filter": [], "should": [] } }));
        assert_eq!(body["sort"][2], json!({ "product_id": "asc" }));
        assert_eq!(
            (&body["track_total_hits"], &body["aggs"], &body["post_filter"]),
            (&json!(true), &Value::Null, &Value::Null)
        );
    }

    #[test]
    fn a_brand_is_filtered_after_the_facets_are_counted() {
        let body = body(&SearchQuery { brand: vec!["HP".to_owned()], facets: true, ..query() }, None);
        let brand = json!({ "terms": { "brand.folded": ["HP"] } });
        assert_eq!((&body["post_filter"], &body["aggs"]["categories"]["filter"]), (&brand, &brand));
        assert_eq!(body["aggs"]["brands"]["filter"], json!({ "match_all": {} }));
    }

    #[test]
    fn values_of_one_attribute_are_alternatives() {
        let attributes = [("Colour", "Black"), ("Size", "XL"), ("Colour", "Red")];
        let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let body = body(&SearchQuery { attributes, ..query() }, None);
        let expected = json!([
            { "terms": { "attributes": ["Colour=Black", "Colour=Red"] } },
            { "terms": { "attributes": ["Size=XL"] } },
        ]);
        assert_eq!(body["query"]["bool"]["filter"], expected);
    }

    #[test]
    fn small_words_are_not_insisted_on() {
        let body = searched("case for the phone", 2);
        assert_eq!(gate(&body)["minimum_should_match"], 2);
        assert_eq!(gate(&body)["should"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn a_word_is_also_looked_for_as_it_may_have_been_meant() {
        let body = searched("prniter usb c", 3);
        let places = |at: usize| gate(&body)["should"][at].to_string();
        assert!(places(0).contains(r#""prniter""#) && places(0).contains(r#""printer""#));
        assert!(places(1).contains(r#""usb""#) && places(1).contains(r#""usbc""#));
        // a letter only counts beside its neighbour
        assert!(!places(2).contains(r#""c""#) && places(2).contains(r#""usb c""#) && places(2).contains(r#""usbc""#));
    }

    #[test]
    fn only_relevance_scores() {
        let words = words("notebook");
        let wanted = Wanted { words: &words, corrections: &Corrections::new(), matching: 1 };
        let body = body(&SearchQuery { sort: Sort::PriceAsc, ..query() }, Some(&wanted));
        assert_eq!(body["query"]["bool"]["should"], json!([]));
        assert_eq!(body["sort"], json!([{ "price_minor": "asc" }, { "product_id": "asc" }]));
    }
}
