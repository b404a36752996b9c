//! An index of the catalogue.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use souk_domain::effects::Random;
use souk_rng::SeededRng;
use souk_search::{IndexOperation, Indexed, IndexedProduct, SearchError, SearchIndex, SearchLimits};

use crate::catalogue::Catalogue;

const BATCH: usize = 500;
/// Attempts to write a batch.
const MAX_ATTEMPTS: u32 = 5;

/// An index of the catalogue under an alias of its own.
pub struct Shop {
    /// The index.
    pub index: SearchIndex,
    url: String,
    alias: String,
}

/// Repeats from run to run. The test kit has the same, but depends on DynamoDB's client, which takes minutes to compile.
struct Jitter(Mutex<SeededRng>);

impl Random for Jitter {
    fn fill(&self, buffer: &mut [u8]) {
        let mut random = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in buffer.chunks_mut(8) {
            chunk.copy_from_slice(&random.next_u64().to_le_bytes()[..chunk.len()]);
        }
    }
}

impl Shop {
    /// Makes an index without products on this OpenSearch.
    pub async fn empty(url: &str, alias: &str) -> Result<Self, Box<dyn Error>> {
        // Long, so that the results do not depend on the speed of the machine.
        let limits = SearchLimits::of_search(60_000);
        let index = SearchIndex::at(url, limits, Arc::new(Jitter(Mutex::new(SeededRng::new(7, 0))))).with_alias(alias);
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
            let outcomes = shop.put(&batch.iter().map(put).collect::<Vec<_>>()).await?;
            if let Some(bad) = outcomes.iter().find(|outcome| matches!(outcome, Indexed::Failed(_))) {
                return Err(format!("not indexed: {bad:?}").into());
            }
        }
        shop.index.refresh().await?;
        Ok(shop)
    }

    /// Writes products, and again after a time-out: a shared node may be busy.
    async fn put(&self, operations: &[IndexOperation]) -> Result<Vec<Indexed>, SearchError> {
        for _ in 1..MAX_ATTEMPTS {
            match self.index.bulk(operations).await {
                Err(SearchError::Unavailable(_)) => {}
                other => return other,
            }
        }
        self.index.bulk(operations).await
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
