//! Mends what earlier releases stored as it was sent: composes (NFC) the texts of products, puts them into the
//! categories of their composed names, and removes the categories that are left without products.
//!
//! Writers may go on: a product is written on top of the version that was read. What a request or an import sends is
//! composed before it is stored, so nothing of this kind is added.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use souk_domain::catalog::{Category, CategoryPath, Product};
use souk_domain::ids::CategoryId;
use souk_domain::unicode::composed;
use souk_store::{ProductPage, SaveOutcome, Segment, StoreError};

use super::Reindex;

/// Concurrent writes.
const IN_FLIGHT: usize = 16;
/// How often a page is read while other writers change its products.
const MAX_ATTEMPTS: u32 = 8;
/// How often a category is checked for products: the index of the table is some milliseconds behind.
const CHECKS: u32 = 3;
/// Most ancestors of a category that are followed.
const MAX_ANCESTORS: usize = 20;

impl Reindex {
    /// A page of the table after its products were composed, and how many products that changed.
    pub(super) async fn composed_page(
        &self,
        segment: Segment,
        after: Option<&str>,
        limit: i32,
    ) -> Result<(ProductPage, u64), StoreError> {
        let mut changed = 0;
        for attempt in 0..MAX_ATTEMPTS {
            let page = self.products.page(segment, after, limit).await?;
            let drafts: Vec<Product> = page.products.iter().filter_map(Product::with_composed_texts).collect();
            if drafts.is_empty() {
                return Ok((page, changed));
            }
            self.ensure_categories(&drafts).await?;
            let writes: Vec<_> = drafts.iter().map(|draft| self.put(draft)).collect();
            let outcomes: Vec<_> = stream::iter(writes).buffer_unordered(IN_FLIGHT).try_collect().await?;
            let saved = outcomes.iter().filter(|outcome| **outcome == SaveOutcome::Saved).count();
            changed += saved as u64;
            // The page is read again as it is now, with the products that another writer changed meanwhile.
            if saved < drafts.len() {
                self.products.back_off(attempt).await;
            }
        }
        Err(StoreError::Conflict)
    }

    /// Writes a draft, which has the version that was read, unless the product has another version by now.
    async fn put(&self, draft: &Product) -> Result<SaveOutcome, StoreError> {
        let version = Product::next_version(Some(draft.version), self.clock.now());
        self.products.put(&Product { version, ..draft.clone() }, Some(draft.version)).await
    }

    /// Before the products, and departments before their categories: the tree has every category that is in use.
    async fn ensure_categories(&self, drafts: &[Product]) -> Result<(), StoreError> {
        let all = drafts.iter().flat_map(|draft| draft.category.categories());
        let distinct: BTreeMap<&CategoryId, &Category> =
            all.map(|category| (&category.category_id, category)).collect();
        for category in distinct.values() {
            self.categories.ensure(category).await?;
        }
        Ok(())
    }

    /// Removes the categories that the composed names replaced. One that still has products, or a category with
    /// products, stays: `Mo bel` has the id of a decomposed `Möbel`. One that keeps its id gets the composed name.
    pub(super) async fn remove_decomposed_categories(&self) -> Result<(), StoreError> {
        let all = self.categories.all().await?;
        let mut kept_parents: BTreeSet<&CategoryId> = BTreeSet::new();
        // Categories before their departments.
        for (category, target) in replacements(&all).into_iter().rev() {
            let is_replaced = target.as_ref().is_some_and(|target| target.category_id != category.category_id);
            let has_children = kept_parents.contains(&category.category_id);
            if is_replaced && !has_children && self.is_empty(&category.category_id).await? {
                self.categories.remove(category).await?;
                tracing::info!(function = "reindex", category_id = %category.category_id, "removed an empty category");
                continue;
            }
            kept_parents.extend(category.parent_id.as_ref());
            if let Some(target) = target.filter(|_| !is_replaced) {
                self.categories.rename(category, &target.name).await?;
            }
        }
        Ok(())
    }

    async fn is_empty(&self, category_id: &CategoryId) -> Result<bool, StoreError> {
        for check in 0..CHECKS {
            if self.products.ids_in_category(category_id, None, 1).await?.is_empty() {
                return Ok(true);
            }
            self.products.back_off(check).await;
        }
        Ok(false)
    }
}

/// The categories that have a decomposed name or are below one, in ascending order of ids, each with the category of the
/// composed names; none if those are refused.
fn replacements(all: &[Category]) -> Vec<(&Category, Option<Category>)> {
    let by_id: BTreeMap<&CategoryId, &Category> =
        all.iter().map(|category| (&category.category_id, category)).collect();
    let decomposed = by_id.values().copied().filter_map(|category| {
        let names = path_names(category, &by_id);
        let target: Vec<String> = names.iter().map(|name| composed(name)).collect();
        (names != target)
            .then(|| (category, CategoryPath::from_names(&target).ok().and_then(|path| path.leaf().cloned())))
    });
    decomposed.collect()
}

/// The names from the department down to a category.
fn path_names<'a>(category: &'a Category, by_id: &BTreeMap<&CategoryId, &'a Category>) -> Vec<&'a str> {
    let up = |category: &&'a Category| category.parent_id.as_ref().and_then(|id| by_id.get(id)).copied();
    let path = std::iter::successors(Some(category), up).take(MAX_ANCESTORS);
    let mut names: Vec<&str> = path.map(|category| category.name.as_str()).collect();
    names.reverse();
    names
}
