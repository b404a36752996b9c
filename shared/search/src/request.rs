//! The search requests that OpenSearch is sent.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::document::pair;
use crate::facets::{self, Facet, FacetGroup};
use crate::highlight;
use crate::query::{SearchQuery, Start};
use crate::query_builder::QueryBuilder;
use crate::sort::Sort;

/// Hits of a text search are counted exactly up to this number; beyond, `total` is a lower bound.
const COUNTED_HITS: u32 = 100_000;
/// The weight of a product that is sold out: a little less, so that it only falls behind those that match as well.
const SOLD_OUT_WEIGHT: f32 = 0.9;

/// A search request, without facets. Without words: browsing.
pub(crate) fn search_request(query: &SearchQuery, text: Option<&QueryBuilder<'_>>) -> Value {
    let mut filters = filters(query, None);
    let mut scores = Vec::new();
    if let Some(text) = text {
        filters.push(text.filter());
        if query.sort == Sort::Relevance {
            scores = text.scores();
        }
    }
    let mut matched = json!({ "bool": { "filter": filters, "should": scores } });
    if text.is_some() && query.sort == Sort::Relevance {
        // Of two that match equally well, the one in stock comes first.
        let sold_out = json!({ "filter": { "term": { "in_stock": false } }, "weight": SOLD_OUT_WEIGHT });
        matched = json!({ "function_score": { "query": matched, "functions": [sold_out], "boost_mode": "multiply" } });
    }
    let counted = if text.is_some() { json!(COUNTED_HITS) } else { json!(true) };
    let mut body = json!({
        "query": matched,
        "sort": sort(query.sort, text.is_some()),
        "size": query.window.limit,
        "track_total_hits": counted,
        "_source": false,
    });
    match &query.window.start {
        Start::At(from) => body["from"] = json!(from),
        Start::After(position) => body["search_after"] = json!(position.values()),
    }
    if let Some(text) = text.filter(|_| query.highlight) {
        body["highlight"] = highlight::request(&text.highlighted());
    }
    body
}

/// A request that only counts facets, with all filters except the one that the group ignores.
pub(crate) fn facets_request(query: &SearchQuery, text: Option<&QueryBuilder<'_>>, group: &FacetGroup) -> Value {
    let mut filters = filters(query, group.ignores.as_ref());
    filters.extend(text.map(QueryBuilder::filter));
    json!({
        "query": { "bool": { "filter": filters } },
        "size": 0,
        "track_total_hits": false,
        "aggs": facets::aggregations(&group.facets),
    })
}

/// What products must be like, without the filter of a facet.
fn filters(query: &SearchQuery, except: Option<&Facet>) -> Vec<Value> {
    let mut filters = Vec::new();
    if let Some(category_id) = query.category_id.as_ref().filter(|_| except != Some(&Facet::Categories)) {
        filters.push(json!({ "term": { "category_ids": category_id } }));
    }
    if let Some(in_stock) = query.in_stock {
        filters.push(json!({ "term": { "in_stock": in_stock } }));
    }
    if query.filters_by_price() && except != Some(&Facet::Prices) {
        let mut range = serde_json::Map::new();
        range.extend(query.min_price_minor.map(|min| ("gte".to_owned(), json!(min))));
        range.extend(query.max_price_minor.map(|max| ("lte".to_owned(), json!(max))));
        filters.push(json!({ "range": { "price_minor": range } }));
    }
    if !query.brand.is_empty() && except != Some(&Facet::Brands) {
        filters.push(json!({ "terms": { "brand.folded": query.brand } }));
    }
    let mut attributes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in &query.attributes {
        attributes.entry(name).or_default().push(pair(name, value));
    }
    let others =
        attributes.into_iter().filter(|(name, _)| !matches!(except, Some(Facet::Attribute(own)) if own == name));
    filters.extend(others.map(|(_, pairs)| json!({ "terms": { "attributes": pairs } })));
    filters
}

/// Ends with the id, so that the order is total and pages do not overlap.
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
    use crate::query_builder::Step;
    use crate::spelling::Corrections;
    use crate::synonyms::Synonyms;
    use crate::text::words;

    fn query() -> SearchQuery {
        SearchQuery::default()
    }

    #[test]
    fn browsing_asks_for_everything_in_stable_order() {
        let body = search_request(&query(), None);
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
            facets_request(&query, None, &FacetGroup::with_own_filter_ignored(facet.clone()))["query"]["bool"]["filter"]
                .clone()
        };
        assert_eq!(filters(&Facet::Brands), json!([category, price, colour, size]));
        assert_eq!(filters(&Facet::Prices), json!([category, brand, colour, size]));
        assert_eq!(filters(&Facet::Categories), json!([price, brand, colour, size]));
        assert_eq!(filters(&Facet::Attribute("Colour".to_owned())), json!([category, price, brand, size]));
        assert_eq!(
            search_request(&query, None)["query"]["bool"]["filter"],
            json!([category, price, brand, colour, size])
        );
    }

    #[test]
    fn only_relevance_scores() {
        let (words, synonyms) = (words("notebook"), Synonyms::default());
        let corrections = Corrections::new();
        let step = Step::Words;
        let text = QueryBuilder { words: &words, corrections: &corrections, synonyms: &synonyms, matching: 1, step };
        let body = search_request(&SearchQuery { sort: Sort::PriceAsc, ..query() }, Some(&text));
        assert_eq!(body["query"]["bool"]["should"], json!([]));
        assert_eq!(body["sort"], json!([{ "price_minor": "asc" }, { "product_id": "asc" }]));
    }
}
