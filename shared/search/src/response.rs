//! The response of a search.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use souk_domain::ids::ProductId;

use crate::facets::{Aggregations, Facets};
use crate::highlight::Highlight;
use crate::position::Position;
use crate::spelling::WordSuggestions;

/// One page of products.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchPage {
    /// Ids in sort order.
    pub product_ids: Vec<ProductId>,
    /// How many products match, on all pages; a lower bound for a text search when it is 100,000.
    pub total: u64,
    /// Where the next page starts; none on the last page.
    pub next: Option<Position>,
    /// Empty unless requested.
    pub facets: Arc<Facets>,
    /// Names with their matches marked; empty unless requested.
    pub highlights: BTreeMap<ProductId, Highlight>,
    /// The corrected text, if it was searched for as well.
    pub did_you_mean: Option<String>,
    /// Whether no product matches all words, and these match some of them.
    pub relaxed: bool,
}

/// OpenSearch's response.
#[derive(Debug, Deserialize)]
pub(crate) struct SearchResponse {
    pub(crate) hits: Hits,
    #[serde(default)]
    aggregations: Aggregations,
    #[serde(default)]
    suggest: Suggest,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Hits {
    #[serde(default)]
    total: Option<Total>,
    pub(crate) hits: Vec<Hit>,
}

#[derive(Debug, Deserialize)]
struct Total {
    value: u64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Hit {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    #[serde(default)]
    sort: Vec<Box<RawValue>>,
    #[serde(default)]
    highlight: Highlighted,
    #[serde(rename = "_source", default)]
    pub(crate) source: Source,
}

#[derive(Debug, Default, Deserialize)]
struct Highlighted {
    #[serde(default)]
    name: Vec<String>,
}

/// The fields that suggestions show.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Source {
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) brand: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Suggest {
    #[serde(default)]
    words: Vec<WordSuggestions>,
}

/// A search with fewer hits than this may be misspelt, and is cached briefly because a new product matters more.
const FEW_HITS: u64 = 3;

impl SearchPage {
    /// Whether hardly any products match.
    pub const fn has_few(&self) -> bool {
        self.total < FEW_HITS
    }
}

impl SearchResponse {
    /// The corrections that OpenSearch suggests for each requested word.
    pub(crate) fn suggested(self) -> Vec<WordSuggestions> {
        self.suggest.words
    }

    pub(crate) fn aggregations(self) -> Aggregations {
        self.aggregations
    }

    /// The page, of at most `limit` products.
    pub(crate) fn into_page(mut self, limit: u32) -> SearchPage {
        let full = self.hits.hits.len() == limit as usize;
        let last = self.hits.hits.last_mut().filter(|_| full);
        let next = last.map(|hit| std::mem::take(&mut hit.sort)).filter(|sort| !sort.is_empty()).map(Position::new);
        let mut page =
            SearchPage { total: self.hits.total.map_or(0, |total| total.value), next, ..SearchPage::default() };
        for hit in self.hits.hits {
            // Written by us from valid ids; anything else in the index is not a product and cannot be shown.
            let Ok(product_id) = hit.id.parse::<ProductId>() else { continue };
            if let Some(marked) = hit.highlight.name.first() {
                page.highlights.insert(product_id.clone(), Highlight::read(marked));
            }
            page.product_ids.push(product_id);
        }
        page
    }
}
