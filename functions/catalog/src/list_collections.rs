//! `GET /collections`: the collections that shoppers can list.

use schemars::JsonSchema;
use serde::Serialize;
use souk_catalog::CachedCollections;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

/// For how long anyone may keep the list. It changes when staff write a collection.
const CACHE_SECONDS: u32 = 60;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("list-collections", "GET /collections", Caller::Anyone, Tag::Catalogue)
        .summary("Lists the collections, such as a sale or new arrivals")
        .answers_cacheable::<CollectionsResponse<'_>>("All collections, at most about a hundred.")
}

/// Lists the collections.
pub struct ListCollections {
    /// The collections.
    pub collections: CachedCollections,
}

impl ListCollections {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { collections: deps.cached_collections()? })
    }
}

/// The collections of the shop.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CollectionList")]
struct CollectionsResponse<'a> {
    /// The collections, by name.
    collections: Vec<CollectionSummary<'a>>,
}

/// A collection of products.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CollectionSummary")]
struct CollectionSummary<'a> {
    /// Send it as `collection_id` to `GET /products`.
    id: &'a str,
    /// Its name.
    name: &'a str,
}

impl Endpoint for ListCollections {
    async fn handle(&self, _: &Request) -> Result<Reply, Problem> {
        let all = self.collections.all().await?;
        let mut collections: Vec<_> = all
            .iter()
            .map(|collection| CollectionSummary { id: collection.collection_id.as_str(), name: &collection.name })
            .collect();
        collections.sort_by_key(|collection| collection.name);
        Ok(Reply::ok(&CollectionsResponse { collections }).cacheable(CACHE_SECONDS))
    }
}

#[cfg(test)]
mod tests {
    use souk_catalog::freshness::COLLECTIONS;

    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn collections_are_listed_by_name_without_their_rules() {
        let shop = Fixture::start().await;
        let endpoint = ListCollections { collections: shop.cached_collections() };
        let list = || async { endpoint.handle(&Request::new("GET", "/collections")).await.expect("listed") };
        assert_eq!(list().await.body(), r#"{"collections":[]}"#);
        shop.put_collection("a-sale", r#"{"name": "Winter sale", "on_sale": true, "version": 0}"#).await;
        shop.put_collection("z-new", r#"{"name": "New", "released_within_days": 30, "version": 0}"#).await;
        assert_eq!(list().await.body(), r#"{"collections":[]}"#, "cached");
        shop.clock.advance_seconds(i64::try_from(COLLECTIONS.as_secs()).expect("seconds"));
        let reply = list().await;
        let (new, sale) = (r#"{"id":"z-new","name":"New"}"#, r#"{"id":"a-sale","name":"Winter sale"}"#);
        assert_eq!(reply.body(), format!(r#"{{"collections":[{new},{sale}]}}"#));
        assert_eq!(reply.headers()["cache-control"], "public, max-age=60");
    }
}
