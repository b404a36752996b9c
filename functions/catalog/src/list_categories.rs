//! `GET /categories`: the category tree.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use souk_catalog::CachedCategories;
use souk_domain::catalog::Category;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};

/// For how long anyone may keep the tree. It changes when staff add a category.
const CACHE_SECONDS: u32 = 60;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("list-categories", "GET /categories", Caller::Anyone, Tag::Catalogue)
        .summary("Lists the departments and their categories")
        .answers_cacheable::<CategoriesResponse<'_>>("The category tree.")
}

/// Lists the category tree.
pub struct ListCategories {
    /// The category tree.
    pub categories: CachedCategories,
}

impl ListCategories {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { categories: deps.cached_categories()? })
    }
}

/// The category tree.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CategoryTree")]
struct CategoriesResponse<'a> {
    /// The departments, by name.
    categories: Vec<CategoryNode<'a>>,
}

/// A department, or a category in it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Category")]
struct CategoryNode<'a> {
    /// Send it as `category_id` to `GET /products`.
    id: &'a str,
    /// Its name.
    name: &'a str,
    /// The categories of a department, by name. A category has none.
    children: Vec<CategoryNode<'a>>,
}

impl Endpoint for ListCategories {
    async fn handle(&self, _: &Request) -> Result<Reply, Problem> {
        let categories = self.categories.all().await?;
        Ok(Reply::ok(&CategoriesResponse { categories: tree(&categories) }).cacheable(CACHE_SECONDS))
    }
}

/// Departments with their categories, each sorted by name. A department is written before its categories, so only a
/// category that was added during the read can lack its parent: it is omitted this once.
fn tree(categories: &[Category]) -> Vec<CategoryNode<'_>> {
    let mut children: BTreeMap<&str, Vec<CategoryNode<'_>>> = BTreeMap::new();
    let mut departments = Vec::new();
    for category in categories {
        let node = CategoryNode { id: category.category_id.as_str(), name: &category.name, children: Vec::new() };
        match &category.parent_id {
            None => departments.push(node),
            Some(parent_id) => children.entry(parent_id.as_str()).or_default().push(node),
        }
    }
    for department in &mut departments {
        department.children = children.remove(department.id).unwrap_or_default();
        department.children.sort_by_key(|child| child.name);
    }
    departments.sort_by_key(|department| department.name);
    departments
}

#[cfg(test)]
mod tests {
    use souk_catalog::freshness::CATEGORIES;

    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn the_tree_is_sorted_by_name() {
        let shop = Fixture::start().await;
        let categories = CachedCategories::new(shop.categories.clone(), shop.clock.clone());
        let endpoint = ListCategories { categories };
        let list = || async { endpoint.handle(&Request::new("GET", "/categories")).await.expect("listed") };
        assert_eq!(list().await.body(), r#"{"categories":[]}"#);

        let line = |sku, category| format!(r#"{{"sku": "{sku}", "name": "n", "price": 1, "category": {category}}}"#);
        let (a, b) = (line("1", r#"["Printing", "Toner"]"#), line("2", r#"["Printing", "Ink cartridges"]"#));
        let (c, d) = (line("3", r#"["Audio"]"#), line("4", "[]"));
        shop.import(&[a, b, c, d].join("\n")).await;
        assert_eq!(list().await.body(), r#"{"categories":[]}"#, "cached");
        shop.clock.advance_seconds(i64::try_from(CATEGORIES.as_secs()).expect("seconds"));
        let reply = list().await;
        let audio = r#"{"id":"audio","name":"Audio","children":[]}"#;
        let ink = r#"{"id":"printing.ink-cartridges","name":"Ink cartridges","children":[]}"#;
        let toner = r#"{"id":"printing.toner","name":"Toner","children":[]}"#;
        let printing = format!(r#"{{"id":"printing","name":"Printing","children":[{ink},{toner}]}}"#);
        assert_eq!(reply.body(), format!(r#"{{"categories":[{audio},{printing}]}}"#));
        assert_eq!(reply.headers()["cache-control"], "public, max-age=60");
    }
}
