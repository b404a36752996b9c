//! Facets as clients see them: each value as the filter of the same facet takes it.

use serde::Serialize;
use souk_domain::money::{Currency, Money};
use souk_runtime::http::Amount;
use souk_search::{AttributeFacet, FacetCount, Facets, PriceRange};

#[derive(Serialize)]
pub(super) struct FacetsView<'a> {
    brands: Vec<Entry<'a>>,
    categories: Vec<Entry<'a>>,
    prices: Vec<Range>,
    attributes: Vec<Attribute<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    /// A brand's name, a category's id or an attribute's value.
    value: &'a str,
    count: u64,
}

/// Both ends are included, as in `min_price` and `max_price`.
#[derive(Serialize)]
struct Range {
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<Amount>,
    count: u64,
}

#[derive(Serialize)]
struct Attribute<'a> {
    /// Chosen with `attr.<name>=<value>`.
    name: &'a str,
    values: Vec<Entry<'a>>,
}

impl<'a> FacetsView<'a> {
    pub(super) fn new(facets: &'a Facets, currency: Currency) -> Self {
        let range = |price: &FacetCount<PriceRange>| {
            let amount = |minor: i64| Amount(Money::from_minor(minor, currency));
            let PriceRange { min_minor, max_minor } = price.value;
            Range { min: min_minor.map(amount), max: max_minor.map(amount), count: price.count }
        };
        let attribute =
            |facet: &'a AttributeFacet| Attribute { name: &facet.name, values: entries(&facet.values, String::as_str) };
        Self {
            brands: entries(&facets.brands, String::as_str),
            categories: entries(&facets.categories, |id| id.as_str()),
            prices: facets.prices.iter().map(range).collect(),
            attributes: facets.attributes.iter().map(attribute).collect(),
        }
    }
}

fn entries<T>(counts: &[FacetCount<T>], text: impl Fn(&T) -> &str) -> Vec<Entry<'_>> {
    counts.iter().map(|entry| Entry { value: text(&entry.value), count: entry.count }).collect()
}
