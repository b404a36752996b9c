//! Health and storage of the cluster.

use souk_search::ClusterHealth;

use crate::fixture::Scratch;

#[tokio::test]
async fn a_cluster_that_answers_has_health_and_storage() {
    let Some(scratch) = Scratch::new() else { return };
    assert_ne!(scratch.index.cluster_health().await.expect("answered"), ClusterHealth::Red);
    let storage = scratch.index.storage().await.expect("answered");
    assert!(!storage.is_empty());
    for node in storage {
        assert!(node.free_bytes > 0 && node.free_bytes < node.total_bytes, "{node:?}");
    }
}
