//! `GET /categories`: the category tree.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use souk_catalog::{CachedCategories, SearchReader};
use souk_domain::category_tree::{CategoryRecord, CategoryTree};
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_search::CategoryCounts;

/// For how long anyone may keep the tree. It changes when staff or a feed change a category.
const CACHE_SECONDS: u32 = 60;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new("list-categories", "GET /categories", Caller::Anyone, Tag::Catalogue)
        .summary("Lists the departments and their categories")
        .description(
            "Up to six levels. A category stays when its last product leaves it, with a `product_count` of 0, until staff \
             delete it.",
        )
        .answers_cacheable::<CategoriesResponse<'_>>("The category tree.")
}

/// Lists the category tree.
pub struct ListCategories {
    /// The category tree.
    pub categories: CachedCategories,
    /// Counts its products.
    pub search: SearchReader,
}

impl ListCategories {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { categories: deps.cached_categories()?, search: deps.search_reader()? })
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
    /// How many products it has, with those in the categories inside it. Absent while search does not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    product_count: Option<u64>,
    /// The categories directly in it, by name.
    children: Vec<CategoryNode<'a>>,
}

impl Endpoint for ListCategories {
    async fn handle(&self, _: &Request) -> Result<Reply, Problem> {
        let (tree, counts) = tokio::join!(self.categories.tree(), self.search.category_counts_cached());
        let (tree, counts) = (tree?, counts.ok());
        let categories = departments(&tree, counts.as_deref());
        Ok(Reply::ok(&CategoriesResponse { categories }).cacheable(CACHE_SECONDS))
    }
}

/// Categories by the one that they are in.
type Children<'a> = BTreeMap<Option<&'a str>, Vec<&'a CategoryRecord>>;

fn departments<'a>(tree: &'a CategoryTree, counts: Option<&CategoryCounts>) -> Vec<CategoryNode<'a>> {
    let mut children = Children::new();
    for category in tree.categories() {
        let parent = tree.parent(category);
        // One that was added during the read can lack its parent: it is omitted this once.
        if parent.is_some() || category.parent_id.is_none() {
            children.entry(parent.map(|parent| parent.category_id.as_str())).or_default().push(category);
        }
    }
    nodes(&children, counts, None)
}

/// The categories in one category, or the departments, by name.
fn nodes<'a>(
    children: &Children<'a>,
    counts: Option<&CategoryCounts>,
    parent: Option<&'a str>,
) -> Vec<CategoryNode<'a>> {
    let node = |category: &&'a CategoryRecord| {
        let id = category.category_id.as_str();
        let product_count = counts.map(|counts| counts.get(&category.category_id).copied().unwrap_or(0));
        CategoryNode { id, name: &category.name, product_count, children: nodes(children, counts, Some(id)) }
    };
    let mut nodes: Vec<_> = children.get(&parent).into_iter().flatten().map(node).collect();
    nodes.sort_by_key(|node| node.name);
    nodes
}

#[cfg(test)]
mod tests {
    use souk_catalog::freshness::CATEGORIES;
    use souk_domain::catalog::CategoryPath;

    use super::*;
    use crate::fixture::{Fixture, unreachable_index};

    #[tokio::test]
    async fn the_tree_is_sorted_by_name() {
        let shop = Fixture::start().await;
        let search = SearchReader::new(unreachable_index(), shop.clock.clone());
        let endpoint = ListCategories { categories: shop.cached_categories(), search };
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

    #[test]
    fn each_category_has_its_number_of_products() {
        let path = CategoryPath::from_names(&["A", "B", "C"]).expect("a path");
        let tree = CategoryTree::default();
        let tree = tree.with(&tree.file(&[path]).changes);
        let counts = [("a", 7), ("a.b", 5)].map(|(id, count)| (id.parse().expect("an id"), count));
        let tree = serde_json::to_value(departments(&tree, Some(&CategoryCounts::from(counts)))).expect("JSON");
        let (a, b) = (&tree[0], &tree[0]["children"][0]);
        let c = &b["children"][0];
        let counts = [a, b, c].map(|node| (node["id"].as_str(), node["product_count"].as_u64()));
        assert_eq!(counts, [(Some("a"), Some(7)), (Some("a.b"), Some(5)), (Some("a.b.c"), Some(0))]);
    }
}
