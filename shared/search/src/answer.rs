//! What a search found.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use souk_domain::ids::ProductId;

use crate::cursor::Cursor;
use crate::facets::{Counted, Facets};
use crate::highlight::Highlight;
use crate::spelling::Suggested;

/// One page of products.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchPage {
    /// In order.
    pub product_ids: Vec<ProductId>,
    /// How many there are on all pages; of a text search, at least so many when it is 100,000.
    pub total: u64,
    /// Where to go on; none on the last page.
    pub next: Option<Cursor>,
    /// Empty unless asked for.
    pub facets: Arc<Facets>,
    /// Names with what was searched for marked; empty unless asked for.
    pub highlights: BTreeMap<ProductId, Highlight>,
    /// What the shopper most likely meant, if that was looked for as well.
    pub meant: Option<String>,
    /// No product has all words: these have some of them.
    pub relaxed: bool,
}

/// OpenSearch's answer.
#[derive(Debug, Deserialize)]
pub(crate) struct SearchAnswer {
    pub(crate) hits: Hits,
    #[serde(default)]
    aggregations: Counted,
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
    words: Vec<Suggested>,
}

impl SearchAnswer {
    /// What was suggested for each word asked for.
    pub(crate) fn suggested(self) -> Vec<Suggested> {
        self.suggest.words
    }

    pub(crate) fn counted(self) -> Counted {
        self.aggregations
    }

    /// The products, of at most so many asked for.
    pub(crate) fn into_page(mut self, limit: u32) -> SearchPage {
        let full = self.hits.hits.len() == limit as usize;
        let last = self.hits.hits.last_mut().filter(|_| full);
        let next = last.map(|hit| std::mem::take(&mut hit.sort)).filter(|sort| !sort.is_empty()).map(Cursor::new);
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
