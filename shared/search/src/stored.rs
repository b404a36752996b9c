//! Reads the documents of the index, to compare them with the table.

use std::collections::HashMap;

use opensearch::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use souk_domain::ids::ProductId;

use crate::document::Document;
use crate::node::Call;
use crate::{IndexedProduct, SearchError, SearchIndex};

/// Time limit of one call.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// A document of the index.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDocument(Value);

#[derive(Deserialize)]
struct MultiGetResponse {
    docs: Vec<RawDocument>,
}

#[derive(Deserialize)]
struct RawDocument {
    #[serde(rename = "_id")]
    id: String,
    #[serde(rename = "_source")]
    source: Option<Value>,
}

#[derive(Deserialize)]
struct IdsResponse {
    hits: IdsHits,
}

#[derive(Deserialize)]
struct IdsHits {
    hits: Vec<RawDocument>,
}

impl StoredDocument {
    /// Whether it is what would be written for the product now. The version is not compared: it is the time of a read.
    pub fn matches(&self, product: &IndexedProduct) -> bool {
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
    /// The documents of these products, including those that a search does not find yet.
    pub async fn stored(&self, product_ids: &[ProductId]) -> Result<HashMap<ProductId, StoredDocument>, SearchError> {
        if product_ids.is_empty() {
            return Ok(HashMap::new());
        }
        let body = json!({ "ids": product_ids }).to_string();
        let path = format!("{}/_mget", self.alias);
        let call = Call { method: Method::Post, path: &path, parameters: &[], body: Some(body), timeout: TIMEOUT };
        let response: MultiGetResponse = self.node.call(call).await?.read()?;
        let found = response.docs.into_iter().filter_map(|document| {
            Some((document.id.parse().ok()?, StoredDocument(document.source?))) // written by us from valid ids
        });
        Ok(found.collect())
    }

    /// At most `limit` ids of the index in ascending order, after a given one.
    pub async fn ids(&self, after: Option<&ProductId>, limit: u32) -> Result<Vec<ProductId>, SearchError> {
        let mut body = json!({ "size": limit, "_source": false, "track_total_hits": false, "sort": ["product_id"] });
        if let Some(after) = after {
            body["search_after"] = json!([after]);
        }
        let path = format!("{}/_search", self.alias);
        let parameters = [("allow_partial_search_results", "false")];
        let body = Some(body.to_string());
        let call = Call { method: Method::Post, path: &path, parameters: &parameters, body, timeout: TIMEOUT };
        let response: IdsResponse = self.node.call(call).await?.read()?;
        Ok(response.hits.hits.into_iter().filter_map(|hit| hit.id.parse().ok()).collect())
    }
}
