//! Mends what earlier releases stored as it was sent: composes (NFC) the names of categories and the texts of products. Of
//! two categories that are one when they are composed, one is merged into the other; products keep their ids.
//!
//! Writers may go on: a product is written on top of the version that was read, the tree on top of its version. What a
//! request or an import sends is composed before it is stored, so nothing of this kind is added.

use futures_util::{StreamExt, TryStreamExt, stream};
use souk_domain::catalog::Product;
use souk_domain::category_tree::CategoryTree;
use souk_store::{ProductPage, SaveOutcome, Segment, StoreError};

use super::Reindex;

/// Concurrent writes.
const IN_FLIGHT: usize = 16;
/// How often a page is read while other writers change its products.
const MAX_ATTEMPTS: u32 = 8;

impl Reindex {
    /// Composes the names of categories. Usually it only reads the tree.
    pub(super) async fn compose_categories(&self) -> Result<(), StoreError> {
        match self.categories.change(CategoryTree::compose_names).await? {
            Ok(change) if change.before == change.after => {}
            Ok(_) => tracing::info!(function = "reindex", "composed the names of categories"),
            // No retry helps, and the index does not need it.
            Err(error) => tracing::error!(function = "reindex", %error, "names of categories were not composed"),
        }
        Ok(())
    }

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
}
