//! Facets as clients see them: each value as the filter of the same facet takes it.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::money::{Currency, Money};
use souk_runtime::http::Amount;
use souk_search::{AttributeFacet, FacetCount, Facets, PriceRange};

/// How many products of the list have each brand, category, price and attribute. Each facet counts as if its own filter
/// were not set. Spellings of a brand, of an attribute and of its values that differ in case or accents are one entry, in
/// the most frequent of them.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Facets")]
pub(super) struct FacetsView<'a> {
    /// Values of `brand`, most frequent first.
    brands: Vec<Entry<'a>>,
    /// Values of `category_id`, most frequent first.
    categories: Vec<Entry<'a>>,
    /// Ranges of prices, cheapest first, without empty ones.
    prices: Vec<Range>,
    /// Most frequent first. Only in lists within a category or a collection, by a text or by an attribute.
    attributes: Vec<Attribute<'a>>,
}

/// One value of a facet.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FacetValue")]
struct Entry<'a> {
    /// A brand's name, a category's id or an attribute's value.
    value: &'a str,
    /// How many products have it.
    count: u64,
}

/// A range of prices. Both ends are included, as in `min_price` and `max_price`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PriceFacet")]
struct Range {
    /// Absent in the cheapest range.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<Amount>,
    /// Absent in the most expensive range.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<Amount>,
    /// How many products have such a price.
    count: u64,
}

/// The values of one attribute.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AttributeFacet")]
struct Attribute<'a> {
    /// Chosen with `attr.<name>=<value>`.
    name: &'a str,
    /// Most frequent first.
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
