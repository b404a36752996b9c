//! `PUT /admin/categories/{category_id}`: creates a category, renames it or moves it. Its products follow: in lists of
//! the table at once, in search as soon as `index-products` has indexed them again.

use schemars::JsonSchema;
use souk_domain::catalog::{MAX_CATEGORY_CHARS, category_name};
use souk_domain::ids::{CATEGORY_ID_PATTERN, CategoryId, MAX_CATEGORY_ID_CHARS};
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Fields, Problem, Reply, Request};
use souk_store::Categories;

use crate::category_change::{CategoryResponse, problem, reply};

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "put-category",
        "PUT /admin/categories/{category_id}",
        Caller::Staff(Permission::CatalogueWrite),
        Tag::StaffCatalogue,
    )
    .summary("Creates a category, renames it or moves it")
    .description(
        "The id never changes; choose it for a new category. Products and the categories inside stay in it: lists and \
             search show them in the new place within seconds. Imports that still \
             use the name and place that it was made with find it. A category that was merged or deleted exists again, \
             with what was in it.",
    )
    .repeated("The category stays as requested.")
    .body::<PutCategoryRequest>(r#"{"name": "Ink cartridges", "parent_id": "printing"}"#)
    .answers::<CategoryResponse<'_>>(200, "The category was renamed or moved.")
    .answers::<CategoryResponse<'_>>(201, "The category was created, or exists again.")
    .problem(404, "not_found", "The id in the path is not one to six texts of a-z, 0-9 and `-`, joined by dots.")
    .problem(409, "category_name_taken", "Another category in the same place has this name.")
    .problem(409, "category_circle", "The category would be inside itself.")
    .problem(409, "category_too_deep", "It, or a category in it, would be more than six levels deep.")
    .problem(409, "too_many_categories", "The shop has 20,000 categories, with those that are gone.")
}

/// Creates, renames and moves categories.
pub struct PutCategory {
    /// The categories table.
    pub categories: Categories,
}

/// The request of `PUT /admin/categories/{category_id}`.
#[derive(JsonSchema)]
pub struct PutCategoryRequest {
    /// Shown to shoppers. Has a letter or a digit.
    #[schemars(length(min = 1, max = MAX_CATEGORY_CHARS))]
    pub name: String,
    /// The category that it is in. Left out for a department.
    #[schemars(length(max = MAX_CATEGORY_ID_CHARS), regex(pattern = CATEGORY_ID_PATTERN))]
    pub parent_id: Option<String>,
}

impl PutCategory {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { categories: deps.categories()? })
    }
}

impl Endpoint for PutCategory {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::CatalogueWrite)?;
        let category_id: CategoryId = request.path_id("category_id", "category")?;
        let mut fields = request.fields()?;
        let name = name(&mut fields);
        let parent_id = fields.optional_parsed::<CategoryId>("parent_id");
        let (name, parent_id) = fields.finish((name, parent_id))?;

        let change = self.categories.change(|tree| tree.put(&category_id, &name, parent_id.as_ref())).await?;
        let change = change.map_err(|error| problem(error, "parent_id"))?;
        let existed = change.before.record(&category_id).is_some_and(|record| record.removed.is_none());
        reply(if existed { 200 } else { 201 }, &category_id, &change)
    }
}

fn name(fields: &mut Fields<'_>) -> Option<String> {
    let name = fields.text("name", MAX_CATEGORY_CHARS)?;
    category_name(&name).map_err(|invalid| fields.refuse([invalid.at("name")])).ok()
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    fn put(category_id: &str, body: &str) -> Request {
        let request = Request::new("PUT", "/admin/categories/x").with_path("category_id", category_id).with_json(body);
        request.from_staff(user(9))
    }

    #[tokio::test]
    async fn staff_create_rename_and_move_a_category() {
        let shop = Fixture::start().await;
        let endpoint = PutCategory { categories: shop.categories.clone() };
        let answer = async |category_id: &str, body: &str| endpoint.handle(&put(category_id, body)).await;
        assert_eq!(answer("printing", r#"{"name": "Printing"}"#).await.expect("created").status(), 201);
        let reply = answer("ink", r#"{"name": "Ink", "parent_id": "printing"}"#).await.expect("created");
        let path = r#"[{"id":"printing","name":"Printing"},{"id":"ink","name":"Ink"}]"#;
        assert_eq!((reply.status(), reply.body()), (201, format!(r#"{{"id":"ink","path":{path}}}"#).as_str()));
        let reply = answer("ink", r#"{"name": "Cartridges"}"#).await.expect("moved");
        assert_eq!((reply.status(), &reply.body_json()["path"][0]["name"]), (200, &"Cartridges".into()));
        let (before, after) = reply.audited().expect("for the audit log").json();
        assert!(before.contains(r#""name":"Ink","parent_id":"printing""#), "{before}");
        assert!(after.contains(r#""name":"Cartridges","created_as""#), "{after}");
        assert_eq!(answer("ink", r#"{"name": "Cartridges"}"#).await.expect("repeated").status(), 200);
    }

    #[tokio::test]
    async fn what_would_break_the_tree_is_refused() {
        let shop = Fixture::start().await;
        let endpoint = PutCategory { categories: shop.categories.clone() };
        let answer = async |category_id: &str, body: &str| endpoint.handle(&put(category_id, body)).await;
        for (category_id, parent) in [("a", ""), ("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "e")] {
            let body = format!(r#"{{"name": "{category_id}", "parent_id": "{parent}"}}"#);
            let body = if parent.is_empty() { r#"{"name": "a"}"#.to_owned() } else { body };
            assert_eq!(answer(category_id, &body).await.expect("created").status(), 201);
        }
        assert_eq!(outcome(&answer("a", r#"{"name": "a", "parent_id": "f"}"#).await), (409, "category_circle"));
        assert_eq!(outcome(&answer("g", r#"{"name": "g", "parent_id": "f"}"#).await), (409, "category_too_deep"));
        assert_eq!(outcome(&answer("g", r#"{"name": "A"}"#).await), (409, "category_name_taken"));
        assert_eq!(outcome(&answer("A b", r#"{"name": "A"}"#).await), (404, "not_found"));
        let problem = answer("g", r#"{"name": "***", "parent_id": "A"}"#).await.expect_err("refused");
        let fields: Vec<_> = problem.errors().iter().map(|e| (e.field.as_str(), e.code)).collect();
        assert_eq!(fields, [("name", "invalid_format"), ("parent_id", "invalid_format")]);
        let problem = answer("g", r#"{"name": "G", "parent_id": "none"}"#).await.expect_err("refused");
        let fields: Vec<_> = problem.errors().iter().map(|e| (e.field.as_str(), e.code)).collect();
        assert_eq!(fields, [("parent_id", "unknown_value")]);
        let request = put("g", r#"{"name": "G"}"#).from_user(user(1));
        assert_eq!(outcome(&endpoint.handle(&request).await), (403, "forbidden"));
    }

    #[tokio::test]
    async fn the_example_of_the_contract_works() {
        let shop = Fixture::start().await;
        let endpoint = PutCategory { categories: shop.categories.clone() };
        endpoint.handle(&put("printing", r#"{"name": "Printing"}"#)).await.expect("created");
        let example = operation().body.expect("a body").example;
        assert_eq!(outcome(&endpoint.handle(&put("printing.ink", example)).await), (201, ""));
    }
}
