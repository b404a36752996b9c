//! Bulk writes to the index.

use std::time::Duration;

use opensearch::http::Method;
use serde::{Deserialize, Serialize};
use souk_domain::ids::ProductId;

use crate::document::{Document, IndexedProduct};
use crate::node::{Call, ErrorCause};
use crate::{SearchError, SearchIndex};

/// One bulk request.
const BULK_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest bulk request, in bytes. The smallest nodes of OpenSearch Service accept 10 MB.
const BULK_BYTES: usize = 4 * 1024 * 1024;

/// A change of the index. Of two changes of one product the later version wins, in whatever order they arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexOperation {
    /// Index the product, with its version.
    Put(Box<IndexedProduct>),
    /// Remove the product.
    Delete {
        /// Its id.
        product_id: ProductId,
        /// The version of the deletion: later than any version of the product.
        version: i64,
    },
}

/// The outcome of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Indexed {
    /// It was applied.
    Done,
    /// The index has a later version.
    Superseded,
    /// OpenSearch refuses it, and would refuse it again; with the reason, for the log.
    Failed(String),
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Action<'a> {
    Index(Target<'a>),
    Delete(Target<'a>),
}

#[derive(Serialize)]
struct Target<'a> {
    #[serde(rename = "_id")]
    id: &'a ProductId,
    version: i64,
    version_type: &'static str,
}

#[derive(Deserialize)]
struct BulkResponse {
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Item {
    Index(ItemResult),
    Delete(ItemResult),
}

#[derive(Deserialize)]
struct ItemResult {
    status: u16,
    #[serde(default)]
    error: Option<ErrorCause>,
}

/// What to do when there is no index behind the alias.
#[derive(Debug, Clone, Copy)]
pub(crate) enum MissingIndex {
    /// Create it.
    Create,
    /// Nothing: another index has replaced it, and is written to as well.
    Ignore,
    Fail,
}

impl SearchIndex {
    /// Applies changes and returns the outcome of each, in their order. Creates the index if it is missing. Idempotent:
    /// after an error some changes may be applied, and the caller repeats the call.
    ///
    /// The products must be read before the call: while another index is being filled, that ensures that none is missed
    /// (see the module `rebuild`).
    pub async fn bulk(&self, operations: &[IndexOperation]) -> Result<Vec<Indexed>, SearchError> {
        let mut next = Vec::new();
        if !operations.is_empty() && self.is_being_rebuilt().await? {
            next = self.write(&self.next_alias(), operations, MissingIndex::Ignore).await?;
        }
        let mut outcomes = self.write(&self.alias, operations, MissingIndex::Create).await?;
        for (outcome, next) in outcomes.iter_mut().zip(next) {
            if matches!(next, Indexed::Failed(_)) {
                *outcome = next;
            }
        }
        Ok(outcomes)
    }

    /// Applies changes to the index behind one alias.
    pub(crate) async fn write(
        &self,
        alias: &str,
        operations: &[IndexOperation],
        missing: MissingIndex,
    ) -> Result<Vec<Indexed>, SearchError> {
        let mut outcomes = Vec::with_capacity(operations.len());
        let mut body = String::new();
        for operation in operations {
            let lines = lines(operation)?;
            if !body.is_empty() && body.len() + lines.len() > BULK_BYTES {
                outcomes.extend(self.send_bulk(alias, std::mem::take(&mut body), missing).await?);
            }
            body.push_str(&lines);
        }
        if !body.is_empty() {
            outcomes.extend(self.send_bulk(alias, body, missing).await?);
        }
        Ok(outcomes)
    }

    async fn send_bulk(&self, alias: &str, body: String, missing: MissingIndex) -> Result<Vec<Indexed>, SearchError> {
        let mut items = self.post_bulk(alias, body.clone()).await?;
        if items.iter().any(Item::misses_index) {
            match missing {
                MissingIndex::Create => {
                    self.ensure_index().await?;
                    items = self.post_bulk(alias, body).await?;
                }
                MissingIndex::Ignore => return Ok(vec![Indexed::Superseded; items.len()]),
                MissingIndex::Fail => {
                    return Err(SearchError::Rejected(format!("there is no index behind the alias {alias}")));
                }
            }
        }
        items.into_iter().map(Item::outcome).collect()
    }

    async fn post_bulk(&self, alias: &str, body: String) -> Result<Vec<Item>, SearchError> {
        let path = format!("{alias}/_bulk");
        let call = Call {
            method: Method::Post,
            path: &path,
            parameters: &[
                // Otherwise OpenSearch would create an index with the name of the alias, without our mapping.
                ("require_alias", "true"),
                ("filter_path", "items.*.status,items.*.error.type,items.*.error.reason"),
            ],
            body: Some(body),
            timeout: BULK_TIMEOUT,
        };
        self.node.call(call).await?.read::<BulkResponse>().map(|response| response.items)
    }
}

fn lines(operation: &IndexOperation) -> Result<String, SearchError> {
    let target = |id, version| Target { id, version, version_type: "external_gte" };
    match operation {
        IndexOperation::Put(indexed) => {
            let action = Action::Index(target(&indexed.product.product_id, indexed.product.version));
            Ok(line(&action)? + &line(&Document::from(&**indexed))?)
        }
        IndexOperation::Delete { product_id, version } => line(&Action::Delete(target(product_id, *version))),
    }
}

fn line(value: &impl Serialize) -> Result<String, SearchError> {
    let json = serde_json::to_string(value);
    json.map(|line| line + "\n").map_err(|e| SearchError::Rejected(format!("cannot serialise the document: {e}")))
}

impl Item {
    const fn result(&self) -> &ItemResult {
        match self {
            Self::Index(result) | Self::Delete(result) => result,
        }
    }

    fn misses_index(&self) -> bool {
        self.result().error.as_ref().is_some_and(|error| error.kind == "index_not_found_exception")
    }

    fn outcome(self) -> Result<Indexed, SearchError> {
        let ItemResult { status, error } = self.result();
        let described = || match error {
            Some(error) => format!("{status} {}: {}", error.kind, error.reason.as_deref().unwrap_or("no reason")),
            None => status.to_string(),
        };
        match status {
            200..=299 => Ok(Indexed::Done),
            // The version of a deletion is kept also without a document, against older writes that arrive later.
            404 if error.is_none() => Ok(Indexed::Done),
            409 => Ok(Indexed::Superseded),
            400 | 413 => Ok(Indexed::Failed(described())),
            // All other statuses are not about the document: overload, no index yet, a full disk (403), missing rights.
            _ => Err(SearchError::Unavailable(described())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(item: &str) -> Result<Indexed, SearchError> {
        serde_json::from_str::<Item>(item).expect("an item").outcome()
    }

    #[test]
    fn each_item_has_its_own_outcome() {
        assert_eq!(outcome(r#"{"index":{"status":201}}"#).expect("answered"), Indexed::Done);
        assert_eq!(outcome(r#"{"delete":{"status":404}}"#).expect("answered"), Indexed::Done);
        let conflict = r#"{"index":{"status":409,"error":{"type":"version_conflict_engine_exception"}}}"#;
        assert_eq!(outcome(conflict).expect("answered"), Indexed::Superseded);
        let bad = r#"{"index":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"no"}}}"#;
        let failed = Indexed::Failed("400 mapper_parsing_exception: no".to_owned());
        assert_eq!(outcome(bad).expect("answered"), failed);
        for (status, kind) in [(429, "rejected_execution_exception"), (403, "cluster_block_exception")] {
            let busy = format!(r#"{{"index":{{"status":{status},"error":{{"type":"{kind}"}}}}}}"#);
            assert!(matches!(outcome(&busy), Err(SearchError::Unavailable(_))), "{busy}");
        }
    }

    #[test]
    fn a_delete_has_no_document() {
        let product_id = "sku-1".parse().expect("id");
        let lines = lines(&IndexOperation::Delete { product_id, version: 7 }).expect("written");
        assert_eq!(lines, "{\"delete\":{\"_id\":\"sku-1\",\"version\":7,\"version_type\":\"external_gte\"}}\n");
    }
}
