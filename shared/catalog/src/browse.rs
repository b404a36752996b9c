//! Browsing without search: the products of a category from DynamoDB, by id.

use souk_search::{SearchPage, SearchQuery};
use souk_store::StoreError;

use crate::CatalogReader;

/// Products are counted up to this number, or to the end of the page if that is beyond it.
const COUNTED: usize = 1_000;
/// Most ids of one query: far below the 1 MB that a query may answer.
const QUERY_IDS: usize = 1_000;
/// Most queries of one call: each takes some milliseconds, and categories may be many and small.
const MAX_QUERIES: usize = 50;

impl CatalogReader {
    /// One page of the products of a category and its subcategories, or of the whole tree. `total` is exact up to
    /// [`COUNTED`] and a lower bound beyond. Products without a category are not found.
    pub(crate) async fn browse(&self, query: &SearchQuery) -> Result<SearchPage, StoreError> {
        let tree = self.categories.tree().await?;
        // Products keep the ids of merged and deleted categories.
        let in_category = match &query.category_id {
            Some(category_id) => tree.ids_within(category_id),
            None => tree.records().map(|record| record.category_id.clone()).collect(),
        };
        let (start, limit) = (query.window.start().unwrap_or(0) as usize, query.window.limit() as usize);
        let enough = COUNTED.max(start + limit); // a window ends within MAX_DEPTH
        let mut product_ids = Vec::new();
        let mut queries = 0;
        for category_id in in_category {
            let mut after = None;
            loop {
                let ask = QUERY_IDS.min(enough - product_ids.len());
                if ask == 0 || queries == MAX_QUERIES {
                    break;
                }
                queries += 1;
                let query_limit = i32::try_from(ask).unwrap_or(i32::MAX);
                let found = self.table.ids_in_category(&category_id, after.as_ref(), query_limit).await?;
                let more = found.len() == ask;
                after = found.last().cloned();
                product_ids.extend(found);
                if !more {
                    break;
                }
            }
        }
        let total = product_ids.len() as u64;
        let product_ids = product_ids.into_iter().skip(start).take(limit).collect();
        Ok(SearchPage { product_ids, total, ..SearchPage::default() })
    }
}
