//! What is searched for, and the query that finds it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use souk_domain::ids::CategoryId;
use souk_domain::validation::Invalid;

use crate::cursor::Cursor;
use crate::document::pair;
use crate::facets::{self, Facet, FacetGroup};
use crate::synonyms::Synonyms;
use crate::text::{Word, words};
use crate::wanted::Wanted;

/// How deep pages reach: OpenSearch keeps so many hits in memory for each page. A cursor goes on from there.
pub const MAX_DEPTH: u32 = 10_000;
/// Up to here hits of a text search are counted exactly; beyond, `total` says at least so many.
const COUNTED_HITS: u32 = 100_000;
/// How much less a product counts that is sold out: a little, so that it only falls behind those that match as well.
const SOLD_OUT_WEIGHT: f32 = 0.9;

/// The order of products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
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

/// Which of the products found are answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Window {
    pub(crate) start: Start,
    pub(crate) limit: u32,
}

/// Where a window starts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Start {
    /// After so many.
    At(u32),
    /// Where another window ended.
    After(Cursor),
}

impl Window {
    /// Page `page`, from 1, of `limit` products each. A page beyond [`MAX_DEPTH`] products is refused (`too_deep`).
    pub fn new(page: u32, limit: u32) -> Result<Self, Invalid> {
        let from = page.checked_sub(1).and_then(|earlier| earlier.checked_mul(limit));
        let window = from.filter(|from| from.checked_add(limit).is_some_and(|end| end <= MAX_DEPTH));
        let from = window.ok_or_else(|| {
            let message =
                format!("pages reach {MAX_DEPTH} products deep; to go on, send next_cursor of a page as cursor");
            Invalid::new("too_deep", message)
        })?;
        Ok(Self { start: Start::At(from), limit })
    }

    /// The next `limit` products where another window ended, however deep. The search must be the same.
    pub const fn after(cursor: Cursor, limit: u32) -> Self {
        Self { start: Start::After(cursor), limit }
    }
}

impl Default for Window {
    /// The first 20.
    fn default() -> Self {
        Self { start: Start::At(0), limit: 20 }
    }
}

/// A search. The default is the first page of everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
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
    /// Which part of what is found.
    pub window: Window,
    /// Count facets as well; they cost about as much as the search.
    pub facets: bool,
    /// Mark in the names what was searched for.
    pub highlight: bool,
    /// Words that mean the same.
    pub synonyms: Synonyms,
}

/// The body of a search request, without facets. Without words: browsing.
pub(crate) fn body(query: &SearchQuery, wanted: Option<&Wanted<'_>>) -> Value {
    let mut filters = filters(query, None);
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
        let sold_out = json!({ "filter": { "term": { "in_stock": false } }, "weight": SOLD_OUT_WEIGHT });
        found = json!({ "function_score": { "query": found, "functions": [sold_out], "boost_mode": "multiply" } });
    }
    let counted = if wanted.is_some() { json!(COUNTED_HITS) } else { json!(true) };
    let mut body = json!({
        "query": found,
        "sort": sort(query.sort, wanted.is_some()),
        "size": query.window.limit,
        "track_total_hits": counted,
        "_source": false,
        // Rather no answer than one with parts of the index missing.
        "timeout": "1s",
    });
    match &query.window.start {
        Start::At(from) => body["from"] = json!(from),
        Start::After(cursor) => body["search_after"] = json!(cursor.values()),
    }
    if let Some(wanted) = wanted.filter(|_| query.highlight) {
        body["highlight"] = crate::highlight::body(&wanted.marked());
    }
    body
}

/// A request that only counts facets, with all filters but the one that they ignore.
pub(crate) fn facets_body(query: &SearchQuery, wanted: Option<&Wanted<'_>>, group: &FacetGroup) -> Value {
    let mut filters = filters(query, group.ignores.as_ref());
    filters.extend(wanted.map(Wanted::gate));
    json!({
        "query": { "bool": { "filter": filters } },
        "size": 0,
        "track_total_hits": false,
        "timeout": "1s",
        "aggs": facets::aggregations(&group.facets),
    })
}

/// What products must be like, less the filter that belongs to a facet.
fn filters(query: &SearchQuery, but: Option<&Facet>) -> Vec<Value> {
    let mut filters = Vec::new();
    if let Some(category_id) = query.category_id.as_ref().filter(|_| but != Some(&Facet::Categories)) {
        filters.push(json!({ "term": { "category_ids": category_id } }));
    }
    if let Some(in_stock) = query.in_stock {
        filters.push(json!({ "term": { "in_stock": in_stock } }));
    }
    if query.filters_by_price() && but != Some(&Facet::Prices) {
        let mut range = serde_json::Map::new();
        range.extend(query.min_price_minor.map(|min| ("gte".to_owned(), json!(min))));
        range.extend(query.max_price_minor.map(|max| ("lte".to_owned(), json!(max))));
        filters.push(json!({ "range": { "price_minor": range } }));
    }
    if !query.brand.is_empty() && but != Some(&Facet::Brands) {
        filters.push(json!({ "terms": { "brand.folded": query.brand } }));
    }
    let mut attributes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in &query.attributes {
        attributes.entry(name).or_default().push(pair(name, value));
    }
    let others = attributes.into_iter().filter(|(name, _)| !matches!(but, Some(Facet::Attribute(own)) if own == name));
    filters.extend(others.map(|(_, pairs)| json!({ "terms": { "attributes": pairs } })));
    filters
}

impl SearchQuery {
    /// What the shopper typed, in words; none when browsing.
    pub(crate) fn words(&self) -> Option<Vec<Word>> {
        self.text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(words)
    }

    pub(crate) const fn filters_by_price(&self) -> bool {
        self.min_price_minor.is_some() || self.max_price_minor.is_some()
    }

    /// Whether it finds or sorts by what changes while a product stays the same.
    pub(crate) const fn depends_on_price_or_stock(&self) -> bool {
        self.filters_by_price() || self.in_stock.is_some() || matches!(self.sort, Sort::PriceAsc | Sort::PriceDesc)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::Corrections;
    use crate::text::words;

    fn query() -> SearchQuery {
        SearchQuery::default()
    }

    #[test]
    fn windows_have_an_end() {
        let from = |from, limit| Ok(Window { start: Start::At(from), limit });
        assert_eq!(Window::new(1, 20), Ok(Window::default()));
        assert_eq!(Window::new(3, 25), from(50, 25));
        assert!(Window::new(100, 100).is_ok());
        for (page, limit) in [(101, 100), (0, 20), (u32::MAX, 100), (10_001, 1), (2, u32::MAX)] {
            assert_eq!(Window::new(page, limit).map_err(|e| e.code), Err("too_deep"), "{page} {limit}");
        }
    }

    #[test]
    fn browsing_asks_for_everything_in_stable_order() {
        let body = body(&query(), None);
        assert_eq!(body["query"], json!({ "bool": { "filter": [], "should": [] } }));
        assert_eq!(body["sort"][2], json!({ "product_id": "asc" }));
        assert_eq!((&body["track_total_hits"], &body["from"]), (&json!(true), &json!(0)));
    }

    #[test]
    fn a_facet_ignores_its_own_filter_only() {
        let attributes = [("Colour", "Black"), ("Size", "XL"), ("Colour", "Red")];
        let query = SearchQuery {
            brand: vec!["HP".to_owned()],
            attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            min_price_minor: Some(100),
            category_id: Some("printing".parse().expect("id")),
            ..query()
        };
        let brand = json!({ "terms": { "brand.folded": ["HP"] } });
        let price = json!({ "range": { "price_minor": { "gte": 100 } } });
        let category = json!({ "term": { "category_ids": "printing" } });
        // values of one name are alternatives
        let colour = json!({ "terms": { "attributes": ["Colour\u{1f}Black", "Colour\u{1f}Red"] } });
        let size = json!({ "terms": { "attributes": ["Size\u{1f}XL"] } });
        let filters = |facet: &Facet| {
            facets_body(&query, None, &FacetGroup::of_its_own(facet.clone()))["query"]["bool"]["filter"].clone()
        };
        assert_eq!(filters(&Facet::Brands), json!([category, price, colour, size]));
        assert_eq!(filters(&Facet::Prices), json!([category, brand, colour, size]));
        assert_eq!(filters(&Facet::Categories), json!([price, brand, colour, size]));
        assert_eq!(filters(&Facet::Attribute("Colour".to_owned())), json!([category, price, brand, size]));
        assert_eq!(body(&query, None)["query"]["bool"]["filter"], json!([category, price, brand, colour, size]));
    }

    #[test]
    fn only_relevance_scores() {
        let (words, synonyms) = (words("notebook"), Synonyms::default());
        let wanted = Wanted { words: &words, corrections: &Corrections::new(), synonyms: &synonyms, matching: 1 };
        let body = body(&SearchQuery { sort: Sort::PriceAsc, ..query() }, Some(&wanted));
        assert_eq!(body["query"]["bool"]["should"], json!([]));
        assert_eq!(body["sort"], json!([{ "price_minor": "asc" }, { "product_id": "asc" }]));
    }
}
