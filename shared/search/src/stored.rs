//! What the index holds, document by document: for comparing it with the table.

use std::collections::HashMap;

use opensearch::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use souk_domain::ids::ProductId;

use crate::document::Document;
use crate::node::Call;
use crate::{IndexedProduct, SearchError, SearchIndex};

/// Of one call.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// A document as it is in the index.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored(Value);

#[derive(Deserialize)]
struct ManyAnswer {
    docs: Vec<StoredDocument>,
}

#[derive(Deserialize)]
struct StoredDocument {
    #[serde(rename = "_id")]
    id: String,
    #[serde(rename = "_source")]
    source: Option<Value>,
}

#[derive(Deserialize)]
struct IdsAnswer {
    hits: IdsHits,
}

#[derive(Deserialize)]
struct IdsHits {
    hits: Vec<StoredDocument>,
}

impl Stored {
    /// Whether this is what the product would be written as now. The version is not compared: it says when the product
    /// was read, not what it was.
    pub fn is(&self, product: &IndexedProduct) -> bool {
        let without_version = |mut document: Value| {
            if let Some(fields) = document.as_object_mut() {
                fields.remove("version");
            }
            document
        };
        serde_json::to_value(Document::from(product))
            .is_ok_and(|expected| without_version(expected) == without_version(self.0.clone()))
    }
}

impl SearchIndex {
    /// The documents of these products, those included that a search does not find yet.
    pub async fn stored(&self, product_ids: &[ProductId]) -> Result<HashMap<ProductId, Stored>, SearchError> {
        if product_ids.is_empty() {
            return Ok(HashMap::new());
        }
        let body = json!({ "ids": product_ids }).to_string();
        let path = format!("{}/_mget", self.alias);
        let call = Call { method: Method::Post, path: &path, parameters: &[], body: Some(body), timeout: TIMEOUT };
        let answer: ManyAnswer = self.node.call(call).await?.read()?;
        let found = answer.docs.into_iter().filter_map(|document| {
            Some((document.id.parse().ok()?, Stored(document.source?))) // written by us from valid ids
        });
        Ok(found.collect())
    }

    /// Ids in the index in ascending order, after a given one, at most `limit` of them.
    pub async fn ids(&self, after: Option<&ProductId>, limit: u32) -> Result<Vec<ProductId>, SearchError> {
        let mut body = json!({ "size": limit, "_source": false, "track_total_hits": false, "sort": ["product_id"] });
        if let Some(after) = after {
            body["search_after"] = json!([after]);
        }
        let path = format!("{}/_search", self.alias);
        let parameters = [("allow_partial_search_results", "false")];
        let body = Some(body.to_string());
        let call = Call { method: Method::Post, path: &path, parameters: &parameters, body, timeout: TIMEOUT };
        let answer: IdsAnswer = self.node.call(call).await?.read()?;
        Ok(answer.hits.hits.into_iter().filter_map(|hit| hit.id.parse().ok()).collect())
    }
}
