//! What a search found.

use serde::Deserialize;
use souk_domain::ids::{CategoryId, ProductId};

use crate::SearchError;
use crate::spelling::Suggested;

/// One page of products.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchPage {
    /// In order.
    pub product_ids: Vec<ProductId>,
    /// How many there are on all pages; of a text search, at least so many when it is 100,000.
    pub total: u64,
    /// Empty unless asked for.
    pub facets: Facets,
}

/// How many of the products found there are of each brand and in each category. Each facet respects all filters but its
/// own; that of categories respects the chosen category too, so that it leads further down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// Brands as they are written, most frequent first.
    pub brands: Vec<FacetCount<String>>,
    /// Departments and categories, most frequent first.
    pub categories: Vec<FacetCount<CategoryId>>,
}

/// One entry of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount<T> {
    /// What is counted.
    pub value: T,
    /// How many products.
    pub count: u64,
}

/// OpenSearch's answer.
#[derive(Debug, Deserialize)]
pub(crate) struct SearchAnswer {
    timed_out: bool,
    hits: Hits,
    #[serde(default)]
    aggregations: Aggregations,
    #[serde(default)]
    suggest: Suggest,
}

#[derive(Debug, Deserialize)]
struct Hits {
    total: Option<Total>,
    hits: Vec<Hit>,
}

#[derive(Debug, Deserialize)]
struct Total {
    value: u64,
}

#[derive(Debug, Deserialize)]
struct Hit {
    #[serde(rename = "_id")]
    id: String,
}

#[derive(Debug, Default, Deserialize)]
struct Aggregations {
    #[serde(default)]
    brands: Facet,
    #[serde(default)]
    categories: Facet,
}

#[derive(Debug, Default, Deserialize)]
struct Facet {
    values: Buckets,
}

#[derive(Debug, Default, Deserialize)]
struct Buckets {
    buckets: Vec<Bucket>,
}

#[derive(Debug, Deserialize)]
struct Bucket {
    key: String,
    doc_count: u64,
}

#[derive(Debug, Default, Deserialize)]
struct Suggest {
    #[serde(default)]
    words: Vec<Suggested>,
}

impl SearchAnswer {
    /// What was suggested for each word asked for.
    pub(crate) fn suggested(self) -> Vec<Suggested> {
        self.suggest.words
    }
}

impl TryFrom<SearchAnswer> for SearchPage {
    type Error = SearchError;

    fn try_from(answer: SearchAnswer) -> Result<Self, SearchError> {
        if answer.timed_out {
            return Err(SearchError::Unavailable("the search took too long".to_owned()));
        }
        // Written by us from valid ids; anything else in the index is not a product and cannot be shown.
        let product_ids = answer.hits.hits.into_iter().filter_map(|hit| hit.id.parse().ok()).collect();
        let facet = |facet: Facet| facet.values.buckets.into_iter();
        let brand = |bucket: Bucket| FacetCount { value: bucket.key, count: bucket.doc_count };
        let category =
            |bucket: Bucket| bucket.key.parse().ok().map(|value| FacetCount { value, count: bucket.doc_count });
        Ok(Self {
            product_ids,
            total: answer.hits.total.map_or(0, |total| total.value),
            facets: Facets {
                brands: facet(answer.aggregations.brands).map(brand).collect(),
                categories: facet(answer.aggregations.categories).filter_map(category).collect(),
            },
        })
    }
}
