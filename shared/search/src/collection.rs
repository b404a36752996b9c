//! The filters of a collection: the products that its rule selects.

use std::sync::Arc;

use serde_json::{Value, json};
use souk_domain::collection::CollectionRule;
use souk_domain::time::Timestamp;

use crate::query::SearchQuery;
use crate::request::filters;

/// The rule of a collection on one day. The filters of the shopper narrow it further. Clones share their texts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CollectionFilter(Arc<Conditions>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Conditions {
    /// Category, brands, attributes and prices. Filters of lists have the same meaning, so the same code makes them.
    listed: SearchQuery,
    /// The first and the last date of release.
    released: Option<(String, String)>,
    on_sale: bool,
}

impl CollectionFilter {
    /// The filters of a rule at a time. They are the same for the whole day.
    pub fn new(rule: &CollectionRule, now: Timestamp) -> Self {
        let values = |(name, values): (&String, &Vec<String>)| {
            values.iter().map(|value| (name.clone(), value.clone())).collect::<Vec<_>>()
        };
        let listed = SearchQuery {
            category_id: rule.category_id.clone(),
            brand: rule.brands.clone(),
            attributes: rule.attributes.iter().flat_map(values).collect(),
            min_price_minor: rule.min_price_minor,
            max_price_minor: rule.max_price_minor,
            ..SearchQuery::default()
        };
        Self(Arc::new(Conditions { listed, released: rule.release_dates(now), on_sale: rule.on_sale }))
    }

    /// Its memory, for the weight of a query in a cache.
    pub fn bytes(&self) -> usize {
        const AROUND_TEXT: usize = 32;
        let SearchQuery { brand, attributes, .. } = &self.0.listed;
        let brands = brand.iter().map(String::len);
        let attributes = attributes.iter().map(|(name, value)| name.len() + value.len() + AROUND_TEXT);
        size_of::<Conditions>() + brands.chain(attributes).map(|text| text + AROUND_TEXT).sum::<usize>()
    }

    /// Whether a change of price moves products into the collection or out of it.
    pub(crate) fn depends_on_price(&self) -> bool {
        self.0.on_sale || self.0.listed.filters_by_price()
    }

    /// What products must be like.
    pub(crate) fn filters(&self) -> Vec<Value> {
        let Conditions { listed, released, on_sale } = &*self.0;
        let mut filters = filters(listed, None);
        if let Some((first, last)) = released {
            filters.push(json!({ "range": { "released": { "gte": first, "lte": last } } }));
        }
        if *on_sale {
            filters.push(json!({ "term": { "on_sale": true } }));
        }
        filters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(now: &str) -> Timestamp {
        now.parse().expect("a time")
    }

    #[test]
    fn each_condition_becomes_a_filter() {
        let rule = CollectionRule {
            category_id: Some("printing".parse().expect("an id")),
            brands: vec!["HP".to_owned(), "Canon".to_owned()],
            attributes: [("Colour".to_owned(), vec!["Cyan".to_owned(), "Black".to_owned()])].into(),
            min_price_minor: Some(100),
            max_price_minor: Some(900),
            released_within_days: Some(7),
            on_sale: true,
        };
        let filter = CollectionFilter::new(&rule, at("2026-11-30T12:00:00Z"));
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
        assert_eq!(filter.filters(), expected);
    }

    #[test]
    fn the_filters_of_a_day_are_one_key_of_the_caches() {
        let rule = CollectionRule { released_within_days: Some(7), ..CollectionRule::default() };
        let morning = CollectionFilter::new(&rule, at("2026-11-30T00:00:00Z"));
        assert_eq!(CollectionFilter::new(&rule, at("2026-11-30T23:59:59Z")), morning);
        assert_ne!(CollectionFilter::new(&rule, at("2026-12-01T00:00:00Z")), morning);
    }

    #[test]
    fn a_cache_weighs_its_texts() {
        let weight = |brands: &[&str]| {
            let brands = brands.iter().map(|brand| (*brand).to_owned()).collect();
            let rule = CollectionRule { brands, ..CollectionRule::default() };
            CollectionFilter::new(&rule, at("2026-11-30T00:00:00Z")).bytes()
        };
        assert!(weight(&["HP", "Canon"]) >= weight(&["HP"]) + "Canon".len());
        assert!(weight(&["HP"]) > weight(&[]));
    }

    #[test]
    fn sales_and_price_ranges_depend_on_prices() {
        let none = CollectionRule::default;
        let depends = |rule| CollectionFilter::new(&rule, at("2026-11-30T00:00:00Z")).depends_on_price();
        assert!(depends(CollectionRule { on_sale: true, ..none() }));
        assert!(depends(CollectionRule { min_price_minor: Some(1), ..none() }));
        assert!(depends(CollectionRule { max_price_minor: Some(1), ..none() }));
        assert!(!depends(CollectionRule { released_within_days: Some(1), ..none() }));
    }
}
