//! Lists of products.

use souk_domain::ids::CategoryId;
use souk_search::{SearchError, SearchPage, SearchQuery};
use souk_store::{Products, StoreError};

use crate::{CachedCategories, CachedCollections, CachedSynonyms, ListedProducts, ProductReader, SearchReader};

/// Reads lists: the ids in their order from OpenSearch, the products and their stock from DynamoDB.
///
/// | failing part | answer |
/// |---|---|
/// | OpenSearch | a page of a category: from the products table, by id, without facets, marked as degraded; any other search, of a collection as well: [`CatalogError::Search`] |
/// | categories table | a list of a collection: [`CatalogError::Store`], once its rule is no longer cached; a list by the id of a category that is gone: no products |
/// | synonyms table | as usual, with the synonyms known before |
/// | shared cache | as usual, from the table |
/// | products table, inventory table | [`CatalogError::Store`], unless everything is cached |
pub struct CatalogReader {
    /// Searches.
    pub search: SearchReader,
    /// The products and their stock.
    pub products: ProductReader,
    /// The synonyms of searches.
    pub synonyms: CachedSynonyms,
    /// The products table, for browsing without search.
    pub table: Products,
    /// The category tree, for ids of categories that are gone and for browsing without search.
    pub categories: CachedCategories,
    /// The rules of collections.
    pub collections: CachedCollections,
}

/// A page of a list.
#[derive(Debug)]
pub struct ProductList {
    /// The ids of products in their order. Deleted products that are still in the index are not in `products`.
    pub page: SearchPage,
    /// The products and their stock.
    pub products: ListedProducts,
    /// Why search failed. Then products are sorted by id, there are no facets, and `total` is a lower bound.
    pub degraded: Option<SearchError>,
    /// The category of the list, if it replaces the one that was asked for.
    pub replacement: Option<CategoryId>,
}

/// Why a list cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// OpenSearch failed.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// DynamoDB failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CatalogReader {
    /// Reads the synonyms, so that the first request does not wait for them.
    pub async fn warm_up(&self) {
        self.synonyms.current().await;
    }

    /// A page of a list. The synonyms of `query` and the rule of its collection are filled in here.
    pub async fn list(&self, mut query: SearchQuery) -> Result<ProductList, CatalogError> {
        if query.text.is_some() {
            query.synonyms = self.synonyms.current().await;
        }
        if let Some(collection_id) = &query.collection_id {
            query.collection = self.collections.filter(collection_id, &self.categories).await?;
        }
        let (found, replacement) = match &query.category_id {
            // At once: hardly any request names a category that is gone.
            Some(category_id) => {
                tokio::join!(self.search.search_cached(&query), self.categories.replacement(category_id))
            }
            None => (self.search.search_cached(&query).await, None),
        };
        let found = match &replacement {
            Some(category_id) => {
                query.category_id = Some(category_id.clone());
                self.search.search_cached(&query).await
            }
            None => found,
        };
        let (page, degraded) = match found {
            Ok(page) => (page, None),
            Err(error) if query.is_plain_browsing() => (self.browse(&query).await?, Some(error)),
            Err(error) => return Err(error.into()),
        };
        let products = self.products.list(&page.product_ids).await?;
        Ok(ProductList { page, products, degraded, replacement })
    }
}
