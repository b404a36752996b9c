//! Health and storage of the cluster, to check before a whole index is written.

use std::time::Duration;

use opensearch::http::Method;
use serde::Deserialize;

use crate::node::Call;
use crate::{SearchError, SearchIndex};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Health of the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClusterHealth {
    /// All shards and replicas are allocated.
    Green,
    /// All primary shards are allocated, some replicas are not.
    Yellow,
    /// A primary shard is missing: a part of an index can neither be read nor written.
    Red,
}

/// Storage of one data node, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeStorage {
    /// Name of the node.
    pub node: String,
    /// Size of its disk.
    pub total_bytes: u64,
    /// Free space on its disk.
    pub free_bytes: u64,
    /// Space that indices take on it.
    pub index_bytes: u64,
}

#[derive(Deserialize)]
struct HealthResponse {
    status: ClusterHealth,
}

/// A row of `_cat/allocation`. Shards that are on no node have a row without numbers.
#[derive(Deserialize)]
struct AllocationRow {
    node: String,
    #[serde(rename = "disk.total")]
    total: Option<String>,
    #[serde(rename = "disk.avail")]
    free: Option<String>,
    #[serde(rename = "disk.indices")]
    indices: Option<String>,
}

impl SearchIndex {
    /// The health of the cluster.
    pub async fn cluster_health(&self) -> Result<ClusterHealth, SearchError> {
        let answer = self.cluster("_cluster/health", &[]).await?;
        answer.read::<HealthResponse>().map(|answer| answer.status)
    }

    /// The storage of each data node.
    pub async fn storage(&self) -> Result<Vec<NodeStorage>, SearchError> {
        let columns = ("h", "node,disk.total,disk.avail,disk.indices");
        let answer = self.cluster("_cat/allocation", &[("format", "json"), ("bytes", "b"), columns]).await?;
        let rows = answer.read::<Vec<AllocationRow>>()?;
        Ok(rows.into_iter().filter_map(AllocationRow::storage).collect())
    }

    async fn cluster(&self, path: &str, parameters: &[(&str, &str)]) -> Result<crate::node::Response, SearchError> {
        self.node.call(Call { method: Method::Get, path, parameters, body: None, timeout: TIMEOUT }).await
    }
}

impl AllocationRow {
    fn storage(self) -> Option<NodeStorage> {
        let bytes = |text: Option<String>| text?.parse().ok();
        Some(NodeStorage {
            total_bytes: bytes(self.total)?,
            free_bytes: bytes(self.free)?,
            index_bytes: bytes(self.indices)?,
            node: self.node,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_without_a_node_are_no_node() {
        let rows = r#"[
            {"node": "n1", "disk.total": "10000", "disk.avail": "8000", "disk.indices": "500"},
            {"node": "UNASSIGNED", "disk.total": null, "disk.avail": null, "disk.indices": null}
        ]"#;
        let rows: Vec<AllocationRow> = serde_json::from_str(rows).expect("rows");
        let storage: Vec<_> = rows.into_iter().filter_map(AllocationRow::storage).collect();
        let first = NodeStorage { node: "n1".to_owned(), total_bytes: 10_000, free_bytes: 8_000, index_bytes: 500 };
        assert_eq!(storage, [first]);
    }
}
