//! Facets: how many of the matching products have each brand, category, price range and attribute.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};
use souk_domain::ids::CategoryId;
use souk_domain::unicode::folded;

use crate::document::{pair, split_attribute_label, split_pair};
use crate::query::SearchQuery;
use crate::spellings::Spellings;

/// Most brands.
const BRANDS: u32 = 100;
/// Most categories: the whole tree of most shops.
const CATEGORIES: u32 = 500;
/// Most spellings of brands that are counted. A brand none of whose spellings is among the most frequent is left out.
const BRAND_SPELLINGS: u32 = 200;
/// Most spellings of attributes with their values that are counted; the most frequent ones. Counting the folded keys as
/// well took 30 % longer, and misses no more than spellings that are rarer than all of these.
const ATTRIBUTE_SPELLINGS: u32 = 500;
/// Most attributes in the facets, the most frequent ones.
const ATTRIBUTES: usize = 12;
/// Most values of one attribute.
const ATTRIBUTE_VALUES: usize = 20;
/// Maximum number of filtered attributes whose counts ignore their own filter, which takes a request for each. The
/// counts of further attributes respect it.
const OWN_ATTRIBUTES: usize = 5;
/// Longest name of such an attribute, in characters: OpenSearch takes expressions of at most 1,000.
const OWN_NAME_CHARS: usize = 200;
/// Where a price range ends and the next one starts, in minor units: 1, 2, 5, 10, 20, 50, … of the major unit when
/// that has a hundred.
const PRICE_STEPS: [i64; 16] = [
    500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000,
    10_000_000, 20_000_000, 50_000_000,
];

/// Counts of the matching products by brand, category, price and attribute. Each facet ignores its own filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// Brands, each in its most frequent spelling, most frequent first.
    pub brands: Vec<FacetCount<String>>,
    /// Departments and categories, most frequent first.
    pub categories: Vec<FacetCount<CategoryId>>,
    /// Ranges of prices, cheapest first, without empty ones.
    pub prices: Vec<FacetCount<PriceRange>>,
    /// Attributes, most frequent first. Only of searches within a category or a collection, by a text or by an attribute.
    pub attributes: Vec<AttributeFacet>,
}

/// One entry of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount<T> {
    /// The brand, category, price range or attribute value.
    pub value: T,
    /// How many products.
    pub count: u64,
}

/// Prices from one to another, both included, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceRange {
    /// None for the cheapest range.
    pub min_minor: Option<i64>,
    /// None for the dearest range.
    pub max_minor: Option<i64>,
}

/// The values of one attribute. Name and values are in their most frequent spelling, and count in all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeFacet {
    /// The attribute.
    pub name: String,
    /// Most frequent first.
    pub values: Vec<FacetCount<String>>,
}

/// One facet that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Facet {
    Brands,
    Categories,
    Prices,
    /// The most frequent attributes.
    Attributes,
    /// The attribute with this folded name alone, because it is filtered by.
    Attribute(String),
}

/// Facets that one request counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FacetGroup {
    pub(crate) facets: Vec<Facet>,
    /// The one whose filter is ignored.
    pub(crate) ignores: Option<Facet>,
}

impl FacetGroup {
    pub(crate) fn with_own_filter_ignored(facet: Facet) -> Self {
        Self { facets: vec![facet.clone()], ignores: Some(facet) }
    }
}

/// The facets of a search: first those counted on all matches, then those that ignore a filter.
pub(crate) fn groups_for(query: &SearchQuery) -> Vec<FacetGroup> {
    let filtered = [
        (Facet::Brands, !query.brand.is_empty()),
        (Facet::Categories, query.category_id.is_some()),
        (Facet::Prices, query.filters_by_price()),
    ];
    let (own, plain): (Vec<_>, Vec<_>) = filtered.into_iter().partition(|(_, filtered)| *filtered);
    let mut plain: Vec<Facet> = plain.into_iter().map(|(facet, _)| facet).collect();
    // Over the whole shop they say little and cost most.
    let is_narrowed = query.category_id.is_some() || query.collection_id.is_some() || query.text.is_some();
    if is_narrowed || !query.attributes.is_empty() {
        plain.push(Facet::Attributes);
    }
    let names: BTreeSet<String> = query.attributes.iter().map(|(name, _)| folded(name)).collect();
    let short = names.into_iter().filter(|name| name.chars().count() <= OWN_NAME_CHARS);
    let attributes = short.take(OWN_ATTRIBUTES).map(Facet::Attribute);
    let own = own.into_iter().map(|(facet, _)| facet).chain(attributes).map(FacetGroup::with_own_filter_ignored);
    std::iter::once(FacetGroup { facets: plain, ignores: None }).chain(own).collect()
}

/// The aggregations that count some facets.
pub(crate) fn aggregations(facets: &[Facet]) -> Value {
    let terms = |field: &str, size: u32| json!({ "terms": { "field": field, "size": size } });
    let pairs = || terms("attribute_labels", ATTRIBUTE_SPELLINGS);
    let of_one = |mut pairs: Value, name: &str| {
        pairs["terms"]["include"] = json!(format!("{}.*", literally(&pair(name, ""))));
        pairs
    };
    let counted = |facet: &Facet| match facet {
        Facet::Brands => {
            vec![("brands", terms("brand_key", BRANDS)), ("brand_labels", terms("brand_label", BRAND_SPELLINGS))]
        }
        Facet::Categories => vec![("categories", terms("category_ids", CATEGORIES))],
        Facet::Prices => vec![("prices", json!({ "range": { "field": "price_minor", "ranges": price_ranges() } }))],
        Facet::Attributes => vec![("attribute_labels", pairs())],
        Facet::Attribute(name) => vec![("attribute_labels", of_one(pairs(), name))],
    };
    let all = facets.iter().flat_map(counted).map(|(name, body)| (name.to_owned(), body));
    all.collect::<serde_json::Map<_, _>>().into()
}

/// The text as a Lucene regular expression that matches exactly it.
fn literally(text: &str) -> String {
    let mut expression = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if c.is_ascii() && !c.is_ascii_alphanumeric() {
            expression.push('\\');
        }
        expression.push(c);
    }
    expression
}

/// The key is the position in the list.
fn price_ranges() -> Vec<Value> {
    let starts = std::iter::once(None).chain(PRICE_STEPS.map(Some));
    let ends = PRICE_STEPS.map(Some).into_iter().chain([None]);
    let range = |(at, (from, to)): (usize, (Option<i64>, Option<i64>))| {
        let mut range = json!({ "key": at.to_string() });
        if let Some(from) = from {
            range["from"] = json!(from);
        }
        if let Some(to) = to {
            range["to"] = json!(to);
        }
        range
    };
    starts.zip(ends).enumerate().map(range).collect()
}

/// The aggregations of a response.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Aggregations {
    brands: Buckets,
    brand_labels: Buckets,
    categories: Buckets,
    prices: Buckets,
    attribute_labels: Buckets,
    category_labels: Buckets,
}

impl Aggregations {
    /// The labels of categories, most frequent first, and the spellings of brands.
    pub(crate) fn names(self) -> (Vec<String>, Spellings) {
        let labels = self.category_labels.buckets.into_iter().map(|bucket| bucket.key);
        (labels.collect(), self.brand_labels.spellings())
    }

    /// The categories with their numbers of products.
    pub(crate) fn category_counts(self) -> impl Iterator<Item = (CategoryId, u64)> {
        let buckets = self.categories.buckets.into_iter();
        buckets.filter_map(|bucket| Some((bucket.key.parse().ok()?, bucket.doc_count)))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Buckets {
    buckets: Vec<Bucket>,
}

impl Buckets {
    /// The spellings in labels of a key and a spelling.
    fn spellings(&self) -> Spellings {
        let mut spellings = Spellings::default();
        for bucket in &self.buckets {
            if let Some((key, spelling)) = split_pair(&bucket.key) {
                spellings.add(key, spelling, bucket.doc_count);
            }
        }
        spellings
    }
}

#[derive(Debug, Deserialize)]
struct Bucket {
    key: String,
    doc_count: u64,
}

impl Facets {
    /// How many counts there are in all.
    pub fn entries(&self) -> usize {
        let attributes: usize = self.attributes.iter().map(|facet| facet.values.len()).sum();
        self.brands.len() + self.categories.len() + self.prices.len() + attributes
    }

    /// Adds the counts of a response. An attribute that is counted again, without its own filter, comes first: the
    /// shopper filters by it.
    pub(crate) fn add(&mut self, counted: Aggregations) {
        let spellings = counted.brand_labels.spellings();
        let brand =
            |bucket: Bucket| Some(FacetCount { value: spellings.of(&bucket.key)?.to_owned(), count: bucket.doc_count });
        let category = |bucket: Bucket| Some(FacetCount { value: bucket.key.parse().ok()?, count: bucket.doc_count });
        self.brands.extend(counted.brands.buckets.into_iter().filter_map(brand));
        self.categories.extend(counted.categories.buckets.into_iter().filter_map(category));
        self.prices.extend(counted.prices.buckets.iter().filter_map(price_count));
        let mut attributes = attributes(&counted.attribute_labels);
        let names: BTreeSet<String> = attributes.iter().map(|facet| folded(&facet.name)).collect();
        let is_new = |known: &AttributeFacet| !names.contains(&folded(&known.name));
        let earlier: Vec<_> = std::mem::take(&mut self.attributes).into_iter().filter(is_new).collect();
        attributes.extend(earlier);
        attributes.truncate(ATTRIBUTES);
        self.attributes = attributes;
    }
}

fn price_count(bucket: &Bucket) -> Option<FacetCount<PriceRange>> {
    let at: usize = bucket.key.parse().ok()?;
    let min_minor = at.checked_sub(1).and_then(|before| PRICE_STEPS.get(before)).copied();
    let max_minor = PRICE_STEPS.get(at).map(|next| next - 1);
    let range = FacetCount { value: PriceRange { min_minor, max_minor }, count: bucket.doc_count };
    (range.count > 0).then_some(range)
}

/// Labels grouped by attribute, in the most frequent spelling of its name and of each value. Attributes that most
/// products have come first. A product has one label for a key, so the counts of a key's labels add up to its products.
fn attributes(labels: &Buckets) -> Vec<AttributeFacet> {
    let (mut names, mut values) = (Spellings::default(), Spellings::default());
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for bucket in &labels.buckets {
        let Some((key, name, value)) = split_attribute_label(&bucket.key) else { continue };
        let Some((folded_name, _)) = split_pair(key) else { continue };
        names.add(folded_name, name, bucket.doc_count);
        values.add(key, value, bucket.doc_count);
        *counts.entry(key).or_default() += bucket.doc_count;
    }
    let mut by_name: BTreeMap<String, Vec<FacetCount<String>>> = BTreeMap::new();
    for (key, count) in counts {
        let spelt = split_pair(key).and_then(|(name, _)| Some((names.of(name)?, values.of(key)?)));
        let Some((name, value)) = spelt else { continue };
        by_name.entry(name.to_owned()).or_default().push(FacetCount { value: value.to_owned(), count });
    }
    for values in by_name.values_mut() {
        values.sort_by_key(|value| std::cmp::Reverse(value.count));
    }
    let of_all = |values: &[FacetCount<String>]| values.iter().map(|value| value.count).sum::<u64>();
    let mut facets: Vec<_> = by_name.into_iter().map(|(name, values)| (of_all(&values), name, values)).collect();
    facets.sort_by(|(count, name, _), (other_count, other, _)| other_count.cmp(count).then_with(|| name.cmp(other)));
    let facet = |(_, name, mut values): (u64, String, Vec<FacetCount<String>>)| {
        values.truncate(ATTRIBUTE_VALUES);
        AttributeFacet { name, values }
    };
    facets.into_iter().take(ATTRIBUTES).map(facet).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::attribute_key;

    fn counted(response: Value) -> Facets {
        let mut facets = Facets::default();
        facets.add(serde_json::from_value(response).expect("counts"));
        facets
    }

    /// The counts of attributes in one spelling each, as OpenSearch responds.
    fn attribute_counts(counts: &[(&str, &str, u64)]) -> Value {
        let bucket = |key: String, count: u64| json!({ "key": key, "doc_count": count });
        let label = |name: &str, value: &str| pair(&attribute_key(name, value), &pair(name, value));
        let labels: Vec<_> = counts.iter().map(|(name, value, count)| bucket(label(name, value), *count)).collect();
        json!({ "attribute_labels": { "buckets": labels } })
    }

    #[test]
    fn spellings_are_counted_as_one_and_the_most_frequent_is_shown() {
        let bucket = |key: &str, count: u64| json!({ "key": key, "doc_count": count });
        let (labels, keys) = (
            ["citroen\u{1f}Citroen", "hp\u{1f}HP", "citroen\u{1f}Citroën", "hp\u{1f}hp"],
            [bucket("citroen", 8), bucket("hp", 5), bucket("rare", 1)],
        );
        let labels: Vec<_> = labels.iter().zip([5, 4, 3, 1]).map(|(label, count)| bucket(label, count)).collect();
        let facets = counted(json!({ "brands": { "buckets": keys }, "brand_labels": { "buckets": labels } }));
        let count = |value: &str, count| FacetCount { value: value.to_owned(), count };
        assert_eq!(facets.brands, [count("Citroen", 8), count("HP", 5)], "none without a spelling");

        let label =
            |name: &str, value: &str, count| bucket(&pair(&attribute_key(name, value), &pair(name, value)), count);
        // No pair with the value "weiß" is the most frequent one, but the value is.
        let labels = json!([
            label("Farbe", "weiss", 4),
            label("FARBE", "weiß", 3),
            label("farbe", "weiß", 2),
            label("Farbe", "Rot", 2),
        ]);
        let facets = counted(json!({ "attribute_labels": { "buckets": labels } }));
        let farbe = AttributeFacet { name: "Farbe".to_owned(), values: vec![count("weiß", 9), count("Rot", 2)] };
        assert_eq!(facets.attributes, [farbe]);
    }

    #[test]
    fn ranges_of_prices_meet_without_overlap() {
        let ranges = price_ranges();
        assert_eq!(ranges.first(), Some(&json!({ "key": "0", "to": 500 })));
        assert_eq!(ranges[2], json!({ "key": "2", "from": 1_000, "to": 2_000 }));
        assert_eq!(ranges.last(), Some(&json!({ "key": "16", "from": 50_000_000 })));
        let bucket = |key: &str, count| json!({ "key": key, "doc_count": count });
        let facets = counted(
            json!({ "prices": { "buckets": [bucket("0", 3), bucket("2", 1), bucket("3", 0), bucket("16", 2)] } }),
        );
        let range = |min_minor, max_minor, count| FacetCount { value: PriceRange { min_minor, max_minor }, count };
        assert_eq!(
            facets.prices,
            [range(None, Some(499), 3), range(Some(1_000), Some(1_999), 1), range(Some(50_000_000), None, 2)]
        );
    }

    #[test]
    fn attributes_are_grouped_by_name() {
        let counts = [("Size", "XL", 9), ("Colour", "Black", 7), ("Colour", "a=b", 5), ("Width", "7", 1)];
        let mut facets = counted(attribute_counts(&counts));
        let summary = |facets: &Facets| {
            let values = |facet: &AttributeFacet| {
                facet.values.iter().map(|v| format!("{} {}", v.value, v.count)).collect::<Vec<_>>().join(", ")
            };
            facets.attributes.iter().map(|facet| format!("{}: {}", facet.name, values(facet))).collect::<Vec<_>>()
        };
        assert_eq!(summary(&facets), ["Colour: Black 7, a=b 5", "Size: XL 9", "Width: 7 1"]);
        // Without its own filter another spelling of the name may be the most frequent one.
        let own = attribute_counts(&[("SIZE", "XL", 9), ("SIZE", "S", 4)]);
        facets.add(serde_json::from_value(own).expect("counts"));
        assert_eq!(summary(&facets), ["SIZE: XL 9, S 4", "Colour: Black 7, a=b 5", "Width: 7 1"]);
    }

    #[test]
    fn the_attribute_that_is_filtered_by_stays_among_many() {
        let names: Vec<_> = (0..20_u64).map(|n| (format!("a{n:02}"), 100 - n)).collect();
        let many: Vec<_> = names.iter().map(|(name, count)| (name.as_str(), "x", *count)).collect();
        let mut facets = counted(attribute_counts(&many));
        facets.add(serde_json::from_value(attribute_counts(&[("own", "x", 1)])).expect("counts"));
        assert_eq!(facets.attributes.len(), ATTRIBUTES);
        assert!(facets.attributes[0].name == "own");
    }

    #[test]
    fn attribute_names_are_escaped_in_expressions() {
        assert_eq!(literally("a.*b"), "a\\.\\*b");
        assert_eq!(literally("Größe (cm)"), "Größe\\ \\(cm\\)");
    }
}
