//! How many products each category has.

use std::collections::HashMap;

use serde_json::{Value, json};
use souk_domain::ids::CategoryId;

use crate::{SearchError, SearchIndex};

/// Most categories that are counted: those with most products.
const COUNTED: u32 = 20_000;

/// Numbers of products by category, each with those in the categories inside it. A category without products is left
/// out.
pub type CategoryCounts = HashMap<CategoryId, u64>;

impl SearchIndex {
    /// How many products each category has. Has no time limit of its own.
    pub async fn category_counts(&self) -> Result<CategoryCounts, SearchError> {
        let response = self.post_search(request(), self.limits().search).await?;
        Ok(response.aggregations().category_counts().collect())
    }
}

fn request() -> Value {
    json!({
        "size": 0,
        "track_total_hits": false,
        "aggs": { "categories": { "terms": { "field": "category_ids", "size": COUNTED } } },
    })
}

#[cfg(test)]
mod tests {
    use crate::facets::Aggregations;

    #[test]
    fn counts_are_by_id() {
        let buckets = serde_json::json!([{"key": "a.b", "doc_count": 3}, {"key": "NO ID", "doc_count": 1}]);
        let counted = serde_json::json!({"categories": {"buckets": buckets}});
        let counted: Aggregations = serde_json::from_value(counted).expect("counts");
        assert_eq!(counted.category_counts().collect::<Vec<_>>(), [("a.b".parse().expect("an id"), 3)]);
    }
}
