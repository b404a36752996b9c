//! The search requests that OpenSearch is sent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use souk_domain::unicode::folded;

use crate::collection::{CollectionFilter, Conditions};
use crate::document::attribute_key;
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
pub(crate) fn filters(query: &SearchQuery, except: Option<&Facet>) -> Vec<Value> {
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
        let keys: BTreeSet<String> = query.brand.iter().map(|brand| folded(brand)).collect();
        filters.push(json!({ "terms": { "brand_key": keys } }));
    }
    let mut attributes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, value) in &query.attributes {
        attributes.entry(folded(name)).or_default().insert(attribute_key(name, value));
    }
    let others =
        attributes.into_iter().filter(|(name, _)| !matches!(except, Some(Facet::Attribute(own)) if own == name));
    filters.extend(others.map(|(_, keys)| json!({ "terms": { "attribute_keys": keys } })));
    if query.collection_id.is_some() {
        // Facets never ignore these: a collection has no product of another brand to offer.
        let none = || vec![json!({ "match_none": {} })];
        filters.extend(query.collection.as_ref().map_or_else(none, collection_filters));
    }
    filters
}

/// What the products of a collection must be like. The filters of lists have the same meaning, so the same code makes
/// them.
fn collection_filters(collection: &CollectionFilter) -> Vec<Value> {
    let Conditions { released, on_sale, .. } = collection.conditions();
    let mut filters = filters(&listed(collection.conditions()), None);
    if let Some((first, last)) = released {
        filters.push(json!({ "range": { "released": { "gte": first, "lte": last } } }));
    }
    if *on_sale {
        filters.push(json!({ "term": { "on_sale": true } }));
    }
    filters
}

/// The list with the same filters.
fn listed(conditions: &Conditions) -> SearchQuery {
    SearchQuery {
        category_id: conditions.category_id.clone(),
        brand: conditions.brands.clone(),
        attributes: conditions.attributes.clone(),
        min_price_minor: conditions.min_price_minor,
        max_price_minor: conditions.max_price_minor,
        ..SearchQuery::default()
    }
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
        // An index of an older mapping does not have the field until `reindex`.
        Sort::Name => json!([{ "name_sort": { "order": "asc", "missing": "_last", "unmapped_type": "keyword" } }, id]),
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::collection::CollectionRule;
    use souk_domain::time::Timestamp;

    use super::*;
    use crate::query_builder::Step;
    use crate::spelling::Corrections;
    use crate::synonyms::Synonyms;
    use crate::text::words;

    fn query() -> SearchQuery {
        SearchQuery::default()
    }

    #[test]
    fn each_condition_of_a_collection_becomes_a_filter() {
        let rule = CollectionRule {
            category_id: Some("printing".parse().expect("an id")),
            brands: vec!["HP".to_owned(), "Canon".to_owned()],
            attributes: [("Colour".to_owned(), vec!["Cyan".to_owned(), "Black".to_owned()])].into(),
            min_price_minor: Some(100),
            max_price_minor: Some(900),
            released_within_days: Some(7),
            on_sale: true,
        };
        let filter = CollectionFilter::new(&rule, "2026-11-30T12:00:00Z".parse().expect("a time"));
        let same = SearchQuery {
            category_id: rule.category_id.clone(),
            brand: rule.brands.clone(),
            attributes: ["Cyan", "Black"].map(|value| ("Colour".to_owned(), value.to_owned())).into(),
            min_price_minor: Some(100),
            max_price_minor: Some(900),
            ..SearchQuery::default()
        };
        let mut expected = filters(&same, None);
        assert_eq!(expected.len(), 4);
        expected.push(json!({ "range": { "released": { "gte": "2026-11-23", "lte": "2026-11-30" } } }));
        expected.push(json!({ "term": { "on_sale": true } }));
        assert_eq!(collection_filters(&filter), expected);
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
        let attributes = [("Colour", "Black"), ("Size", "XL"), ("COLOUR", "Réd"), ("colour", "black")];
        let query = SearchQuery {
            brand: vec!["HP".to_owned(), "hp".to_owned()],
            attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            min_price_minor: Some(100),
            category_id: Some("printing".parse().expect("id")),
            ..query()
        };
        let brand = json!({ "terms": { "brand_key": ["hp"] } });
        let price = json!({ "range": { "price_minor": { "gte": 100 } } });
        let category = json!({ "term": { "category_ids": "printing" } });
        // values of one name are alternatives, in whatever spelling
        let colour = json!({ "terms": { "attribute_keys": ["colour\u{1f}black", "colour\u{1f}red"] } });
        let size = json!({ "terms": { "attribute_keys": ["size\u{1f}xl"] } });
        let filters = |facet: &Facet| {
            facets_request(&query, None, &FacetGroup::with_own_filter_ignored(facet.clone()))["query"]["bool"]["filter"]
                .clone()
        };
        assert_eq!(filters(&Facet::Brands), json!([category, price, colour, size]));
        assert_eq!(filters(&Facet::Prices), json!([category, brand, colour, size]));
        assert_eq!(filters(&Facet::Categories), json!([price, brand, colour, size]));
        assert_eq!(filters(&Facet::Attribute("colour".to_owned())), json!([category, price, brand, size]));
        assert_eq!(
            search_request(&query, None)["query"]["bool"]["filter"],
            json!([category, price, brand, colour, size])
        );
    }

    #[test]
    fn no_facet_ignores_the_rule_of_a_collection() {
        let rule = CollectionRule { brands: vec!["HP".to_owned()], on_sale: true, ..CollectionRule::default() };
        let query = SearchQuery {
            brand: vec!["Canon".to_owned()],
            collection_id: Some("sale".parse().expect("an id")),
            collection: Some(CollectionFilter::new(&rule, Timestamp::from_millis(0))),
            ..query()
        };
        let group = FacetGroup::with_own_filter_ignored(Facet::Brands);
        let of_rule = collection_filters(&CollectionFilter::new(&rule, Timestamp::from_millis(0)));
        assert_eq!(facets_request(&query, None, &group)["query"]["bool"]["filter"], json!(of_rule));
        let unknown = SearchQuery { collection: None, ..query };
        assert_eq!(facets_request(&unknown, None, &group)["query"]["bool"]["filter"], json!([{ "match_none": {} }]));
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
