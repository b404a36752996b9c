//! `DELETE /admin/categories/{category_id}`: removes a category that has no categories in it.

use souk_domain::ids::CategoryId;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::Categories;

use crate::category_change::problem;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "delete-category",
        "DELETE /admin/categories/{category_id}",
        Caller::Staff(Permission::CatalogueWrite),
        Tag::StaffCatalogue,
    )
    .summary("Removes a category")
    .description(
        "Its products are in the category around it from then on, and its id leads there; those of a department have \
             none. An import that names it makes it exist again: merge a category that imports still name.",
    )
    .repeated("Refused with 404 `not_found`, because the category is already removed.")
    .answers_empty(204, "The category is removed.")
    .problem(404, "not_found", "There is no such category.")
    .problem(409, "category_has_children", "There are categories in it: move, merge or remove them first.")
}

/// Removes categories.
pub struct DeleteCategory {
    /// The categories table.
    pub categories: Categories,
}

impl DeleteCategory {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { categories: deps.categories()? })
    }
}

impl Endpoint for DeleteCategory {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::CatalogueWrite)?;
        let category_id: CategoryId = request.path_id("category_id", "category")?;
        let change = self.categories.change(|tree| tree.delete(&category_id)).await?;
        let change = change.map_err(|error| problem(error, "category_id"))?;
        let (before, after) = (change.before.record(&category_id), change.after.record(&category_id));
        Ok(Reply::no_content().audit(&before, &after))
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    #[tokio::test]
    async fn a_category_is_removed_once_its_categories_are() {
        let shop = Fixture::start().await;
        let line = r#"{"sku": "1", "name": "n", "price": 1, "category": ["Printing", "Ink"]}"#;
        shop.import(line).await;
        let endpoint = DeleteCategory { categories: shop.categories.clone() };
        let delete = |category_id: &str| {
            Request::new("DELETE", "/admin/categories/x").with_path("category_id", category_id).from_staff(user(9))
        };
        let answer = async |category_id: &str| endpoint.handle(&delete(category_id)).await;
        assert_eq!(outcome(&answer("printing").await), (409, "category_has_children"));
        let reply = endpoint.handle(&delete("printing.ink")).await.expect("removed");
        let (before, after) = reply.audited().expect("for the audit log").json();
        assert!(
            before.ends_with(r#""parent_id":"printing"}"#) && after.contains(r#""into":"printing""#),
            "{before} {after}"
        );
        assert_eq!(outcome(&answer("printing.ink").await), (404, "not_found"));
        assert_eq!(outcome(&answer("no id").await), (404, "not_found"));
        assert_eq!(outcome(&answer("printing").await), (204, ""));
        shop.import(line).await;
        let tree = shop.categories.recent_tree().await.expect("read");
        assert_eq!(tree.categories().count(), 2, "an import makes it exist again");
        let request = delete("printing.ink").from_user(user(1));
        assert_eq!(outcome(&endpoint.handle(&request).await), (403, "forbidden"));
    }
}
