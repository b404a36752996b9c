//! `POST /admin/categories/{category_id}/merge`: moves the products and categories of a category into another one, which
//! replaces it.

use schemars::JsonSchema;
use souk_domain::ids::{CATEGORY_ID_PATTERN, CategoryId, MAX_CATEGORY_ID_CHARS};
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::Categories;

use crate::category_change::{CategoryResponse, problem, reply};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "merge-category",
        "POST /admin/categories/{category_id}/merge",
        Caller::Staff(Permission::CatalogueWrite),
        Tag::StaffCatalogue,
    )
    .summary("Merges a category into another one")
    .description(
        "Its products and the categories in it are in the other one from then on, and so are products that imports still \
             put into it by its name. Its id leads to the other one. To undo it, create the category again under its id.",
    )
    .repeated("The same response; nothing changes.")
    .body::<MergeCategoryRequest>(r#"{"into": "printing.ink-cartridges"}"#)
    .answers::<CategoryResponse<'_>>(200, "The category that replaces it.")
    .problem(404, "not_found", "There is no such category.")
    .problem(409, "category_name_taken", "A category in it and one in the other have the same name: merge these first.")
    .problem(409, "category_circle", "The other category is inside this one, or is the same.")
    .problem(409, "category_too_deep", "A category in it would be more than six levels deep.")
}

/// Merges categories.
pub struct MergeCategory {
    /// The categories table.
    pub categories: Categories,
}

/// The request of `POST /admin/categories/{category_id}/merge`.
#[derive(JsonSchema)]
pub struct MergeCategoryRequest {
    /// The id of the category that replaces it.
    #[schemars(length(max = MAX_CATEGORY_ID_CHARS), regex(pattern = CATEGORY_ID_PATTERN))]
    pub into: String,
}

impl MergeCategory {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { categories: deps.categories()? })
    }
}

impl Endpoint for MergeCategory {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::CatalogueWrite)?;
        let category_id: CategoryId = request.path_id("category_id", "category")?;
        let mut fields = request.fields()?;
        let into = fields.parsed::<CategoryId>("into");
        let (into,) = fields.finish((into,))?;

        let change = self.categories.change(|tree| tree.merge(&category_id, &into)).await?;
        let change = change.map_err(|error| problem(error, "into"))?;
        reply(200, &category_id, &change)
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome, sku};

    fn merge(category_id: &str, body: &str) -> Request {
        let request = Request::new("POST", "/admin/categories/x/merge").with_path("category_id", category_id);
        request.with_json(body).from_staff(user(9))
    }

    const LINES: &str = r#"{"sku": "1", "name": "n", "price": 1, "category": ["Printing", "Ink"]}
{"sku": "2", "name": "n", "price": 1, "category": ["Printing", "Toner"]}"#;

    #[tokio::test]
    async fn a_category_is_merged_once_and_imports_follow() {
        let shop = Fixture::start().await;
        shop.import(LINES).await;
        let endpoint = MergeCategory { categories: shop.categories.clone() };
        let body = r#"{"into": "printing.ink"}"#;
        for audited_before in [r#""name":"Toner""#, r#""merged":true"#] {
            let reply = endpoint.handle(&merge("printing.toner", body)).await.expect("merged");
            assert_eq!((reply.status(), &reply.body_json()["id"]), (200, &"printing.ink".into()));
            let (before, after) = reply.audited().expect("for the audit log").json();
            assert!(before.contains(audited_before) && after.contains(r#""into":"printing.ink""#), "{before} {after}");
        }
        shop.import(LINES).await;
        let product = shop.products.get(&sku("2")).await.expect("read").expect("a product");
        assert_eq!(product.category.leaf().map(|leaf| leaf.category_id.as_str()), Some("printing.ink"));

        let answer = async |category_id: &str, body: &str| endpoint.handle(&merge(category_id, body)).await;
        assert_eq!(outcome(&answer("printing", body).await), (409, "category_circle"));
        assert_eq!(outcome(&answer("none", body).await), (404, "not_found"));
        assert_eq!(outcome(&answer("printing.ink", r#"{"into": "none"}"#).await), (422, "invalid_fields"));
        assert_eq!(outcome(&answer("printing.ink", "{}").await), (422, "invalid_fields"));
        let request = merge("printing.ink", body).from_user(user(1));
        assert_eq!(outcome(&endpoint.handle(&request).await), (403, "forbidden"));
    }

    #[tokio::test]
    async fn the_example_of_the_contract_works() {
        let shop = Fixture::start().await;
        shop.import(&LINES.replace("Ink", "Ink cartridges")).await;
        let endpoint = MergeCategory { categories: shop.categories.clone() };
        let example = operation().body.expect("a body").example;
        assert_eq!(outcome(&endpoint.handle(&merge("printing.toner", example)).await), (200, ""));
    }
}
