//! Writing to the index, in bulk.

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

/// A change of the index. Of two changes of one product the later version wins, in whatever order they come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexOperation {
    /// The product is as follows, at its own version.
    Put(Box<IndexedProduct>),
    /// The product is no more.
    Delete {
        /// Which.
        product_id: ProductId,
        /// Of the deletion: later than any version of the product.
        version: i64,
    },
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Indexed {
    /// It is in the index.
    Done,
    /// A later version was there already.
    Superseded,
    /// OpenSearch does not take it, and will not take it later; with the reason, for the log.
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
struct BulkAnswer {
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Item {
    Index(ItemAnswer),
    Delete(ItemAnswer),
}

#[derive(Deserialize)]
struct ItemAnswer {
    status: u16,
    #[serde(default)]
    error: Option<ErrorCause>,
}

/// What to do when there is no index behind the alias.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Missing {
    /// Make it.
    Make,
    /// Nothing: another index has taken its place, and is written to as well.
    Pass,
    /// Fail.
    Refuse,
}

impl SearchIndex {
    /// Applies changes and says of each, in order, what became of it. Makes the index if it is missing. Repeating a call
    /// does no harm, so after an error, which may come when a part is applied, the caller just does so.
    ///
    /// What is written must be read before this is called: while an index is being filled, that decides that nothing is
    /// missed (see the module `rebuild`).
    pub async fn bulk(&self, operations: &[IndexOperation]) -> Result<Vec<Indexed>, SearchError> {
        let mut next = Vec::new();
        if !operations.is_empty() && self.is_rebuilt().await? {
            next = self.write(&self.next_alias(), operations, Missing::Pass).await?;
        }
        let mut outcomes = self.write(&self.alias, operations, Missing::Make).await?;
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
        missing: Missing,
    ) -> Result<Vec<Indexed>, SearchError> {
        let mut outcomes = Vec::with_capacity(operations.len());
        let mut body = String::new();
        for operation in operations {
            let lines = lines(operation)?;
            if !body.is_empty() && body.len() + lines.len() > BULK_BYTES {
                outcomes.extend(self.send(alias, std::mem::take(&mut body), missing).await?);
            }
            body.push_str(&lines);
        }
        if !body.is_empty() {
            outcomes.extend(self.send(alias, body, missing).await?);
        }
        Ok(outcomes)
    }

    async fn send(&self, alias: &str, body: String, missing: Missing) -> Result<Vec<Indexed>, SearchError> {
        let mut items = self.send_once(alias, body.clone()).await?;
        if items.iter().any(Item::misses_index) {
            match missing {
                Missing::Make => {
                    self.ensure_index().await?;
                    items = self.send_once(alias, body).await?;
                }
                Missing::Pass => return Ok(vec![Indexed::Superseded; items.len()]),
                Missing::Refuse => return Err(SearchError::Rejected(format!("nothing is behind {alias} any more"))),
            }
        }
        items.into_iter().map(Item::outcome).collect()
    }

    async fn send_once(&self, alias: &str, body: String) -> Result<Vec<Item>, SearchError> {
        let path = format!("{alias}/_bulk");
        let call = Call {
            method: Method::Post,
            path: &path,
            parameters: &[
                // An index of that name would take the place of the alias, without our mapping.
                ("require_alias", "true"),
                ("filter_path", "items.*.status,items.*.error.type,items.*.error.reason"),
            ],
            body: Some(body),
            timeout: BULK_TIMEOUT,
        };
        self.node.call(call).await?.read::<BulkAnswer>().map(|answer| answer.items)
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
    json.map(|line| line + "\n").map_err(|e| SearchError::Rejected(format!("a document cannot be written: {e}")))
}

impl Item {
    const fn answer(&self) -> &ItemAnswer {
        match self {
            Self::Index(answer) | Self::Delete(answer) => answer,
        }
    }

    fn misses_index(&self) -> bool {
        self.answer().error.as_ref().is_some_and(|error| error.kind == "index_not_found_exception")
    }

    fn outcome(self) -> Result<Indexed, SearchError> {
        let ItemAnswer { status, error } = self.answer();
        let described = || match error {
            Some(error) => format!("{status} {}: {}", error.kind, error.reason.as_deref().unwrap_or("no reason")),
            None => status.to_string(),
        };
        match status {
            200..=299 => Ok(Indexed::Done),
            // Deleting what is not there: noted nevertheless, against older writes that come later.
            404 if error.is_none() => Ok(Indexed::Done),
            409 => Ok(Indexed::Superseded),
            400 | 413 => Ok(Indexed::Failed(described())),
            // The rest says nothing of the document: busy, no index yet, a full disk (403), no rights.
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
