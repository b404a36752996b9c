//! The conditions of a collection: the products that its rule selects.

use std::sync::Arc;

use souk_domain::collection::CollectionRule;
use souk_domain::ids::CategoryId;
use souk_domain::time::Timestamp;

/// The rule of a collection on one day. The filters of the shopper narrow it further. Clones share their texts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CollectionFilter(Arc<Conditions>);

/// What the products of a collection must be like.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Conditions {
    pub(crate) category_id: Option<CategoryId>,
    pub(crate) brands: Vec<String>,
    /// Values of one name are alternatives.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) min_price_minor: Option<i64>,
    pub(crate) max_price_minor: Option<i64>,
    /// The first and the last date of release.
    pub(crate) released: Option<(String, String)>,
    pub(crate) on_sale: bool,
}

impl CollectionFilter {
    /// The filters of a rule at a time. They are the same for the whole day.
    pub fn new(rule: &CollectionRule, now: Timestamp) -> Self {
        let values = |(name, values): (&String, &Vec<String>)| {
            values.iter().map(|value| (name.clone(), value.clone())).collect::<Vec<_>>()
        };
        Self(Arc::new(Conditions {
            category_id: rule.category_id.clone(),
            brands: rule.brands.clone(),
            attributes: rule.attributes.iter().flat_map(values).collect(),
            min_price_minor: rule.min_price_minor,
            max_price_minor: rule.max_price_minor,
            released: rule.release_dates(now),
            on_sale: rule.on_sale,
        }))
    }

    /// Its memory, for the weight of a query in a cache.
    pub fn bytes(&self) -> usize {
        const AROUND_TEXT: usize = 32;
        let Conditions { brands, attributes, .. } = self.conditions();
        let brands = brands.iter().map(String::len);
        let attributes = attributes.iter().map(|(name, value)| name.len() + value.len() + AROUND_TEXT);
        size_of::<Conditions>() + brands.chain(attributes).map(|text| text + AROUND_TEXT).sum::<usize>()
    }

    /// Whether a change of price moves products into the collection or out of it.
    pub(crate) fn depends_on_price(&self) -> bool {
        let Conditions { on_sale, min_price_minor, max_price_minor, .. } = self.conditions();
        *on_sale || min_price_minor.is_some() || max_price_minor.is_some()
    }

    /// What its products must be like.
    pub(crate) fn conditions(&self) -> &Conditions {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(now: &str) -> Timestamp {
        now.parse().expect("a time")
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
