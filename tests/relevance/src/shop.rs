//! An index of the catalogue.

use std::error::Error;
use std::sync::Arc;

use souk_search::{IndexOperation, Indexed, IndexedProduct, SearchIndex, SearchLimits};
use souk_testkit::SeededRandom;

use crate::catalogue::Catalogue;

const BATCH: usize = 500;

/// An index of the catalogue under an alias of its own.
pub struct Shop {
    /// The index.
    pub index: SearchIndex,
    url: String,
    alias: String,
}

impl Shop {
    /// Makes an index without products on this OpenSearch.
    pub async fn empty(url: &str, alias: &str) -> Result<Self, Box<dyn Error>> {
        let limits = SearchLimits::of_search(1_500);
        let index = SearchIndex::at(url, limits, Arc::new(SeededRandom::new(7))).with_alias(alias);
        index.ensure_index().await?;
        Ok(Self { index, url: url.to_owned(), alias: alias.to_owned() })
    }

    /// Fills an index on this OpenSearch.
    pub async fn open(url: &str, alias: &str, catalogue: &Catalogue) -> Result<Self, Box<dyn Error>> {
        let shop = Self::empty(url, alias).await?;
        for batch in catalogue.items.chunks(BATCH) {
            let put = |item: &crate::catalogue::Item| {
                let indexed = IndexedProduct { product: item.product.clone(), in_stock: item.in_stock };
                IndexOperation::Put(Box::new(indexed))
            };
            let outcomes = shop.index.bulk(&batch.iter().map(put).collect::<Vec<_>>()).await?;
            if let Some(bad) = outcomes.iter().find(|outcome| **outcome != Indexed::Done) {
                return Err(format!("not indexed: {bad:?}").into());
            }
        }
        shop.index.refresh().await?;
        Ok(shop)
    }

    /// Removes the index.
    pub async fn close(self) -> Result<(), Box<dyn Error>> {
        let answer = reqwest::get(format!("{}/_alias/{}", self.url, self.alias)).await?.text().await?;
        let indices: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&answer)?;
        for index in indices.keys() {
            reqwest::Client::new().delete(format!("{}/{index}", self.url)).send().await?;
        }
        Ok(())
    }
}
