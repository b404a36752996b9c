//! `DELETE /admin/collections/{collection_id}`: removes a collection. Its products stay.

use souk_domain::collection::Collection;
use souk_domain::ids::CollectionId;
use souk_domain::money::Currency;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::Collections;

use crate::admin_list_collections::response;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "delete-collection",
        "DELETE /admin/collections/{collection_id}",
        Caller::Staff(Permission::CatalogueWrite),
        Tag::StaffCatalogue,
    )
    .summary("Removes a collection")
    .description("Its products stay. Whatever its version is: a removal does not depend on the rule.")
    .repeated("Refused with 404 `not_found`, because the collection is already removed.")
    .answers_empty(204, "The collection is removed.")
    .problem(404, "not_found", "There is no such collection.")
}

/// Removes a collection.
pub struct DeleteCollection {
    /// The collections.
    pub collections: Collections,
    /// The currency of the shop.
    pub currency: Currency,
}

impl DeleteCollection {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { collections: deps.collections()?, currency: deps.currency()? })
    }
}

impl Endpoint for DeleteCollection {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::CatalogueWrite)?;
        let collection_id: CollectionId = request.path_id("collection_id", "collection")?;
        match self.collections.delete(&collection_id).await? {
            Some(deleted) => Ok(Reply::no_content().audit(&response(&deleted, self.currency), &None::<Collection>)),
            None => Err(Problem::not_found("collection")),
        }
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    fn delete(id: &str) -> Request {
        Request::new("DELETE", "/admin/collections/x").with_path("collection_id", id)
    }

    #[tokio::test]
    async fn staff_alone_remove_a_collection_once() {
        let shop = Fixture::start().await;
        shop.put_collection("sale", r#"{"name": "Sale", "on_sale": true, "version": 0}"#).await;
        let endpoint = DeleteCollection { collections: shop.collections.clone(), currency: Currency::USD };
        let answer = async |request: Request| outcome(&endpoint.handle(&request).await).0;
        assert_eq!(answer(delete("sale")).await, 401);
        assert_eq!(answer(delete("sale").from_user(user(1))).await, 403);
        assert_eq!(shop.collections.latest().await.expect("read").len(), 1);

        let deleted = endpoint.handle(&delete("sale").from_staff(user(9))).await.expect("deleted");
        let (before, after) = deleted.audited().expect("for the audit log").json();
        assert_eq!((deleted.status(), after), (204, "null"));
        assert!(before.contains(r#""name":"Sale""#), "{before}");
        assert_eq!(answer(delete("sale").from_staff(user(9))).await, 404);
        assert_eq!(answer(delete("No id").from_staff(user(9))).await, 404);
        assert!(shop.collections.latest().await.expect("read").is_empty());
    }
}
