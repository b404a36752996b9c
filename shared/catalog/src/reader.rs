//! Lists of products.

use souk_search::{SearchError, SearchPage, SearchQuery};
use souk_store::{Categories, Products, StoreError};

use crate::{CachedSynonyms, ListedProducts, ProductReader, SearchReader};

/// Answers lists: OpenSearch says which products, in which order; DynamoDB what they are, and how many are available.
///
/// | failing part | answer |
/// |---|---|
/// | OpenSearch | a page of a category: from the products table, by id, without facets, marked as degraded; any other search: [`CatalogError::Search`] |
/// | synonyms table | as usual, with the synonyms known before |
/// | shared cache | as usual, from the table |
/// | products table, inventory table | [`CatalogError::Store`], unless everything is cached |
pub struct CatalogReader {
    /// Which products.
    pub search: SearchReader,
    /// The products and their stock.
    pub products: ProductReader,
    /// Words of the same meaning.
    pub synonyms: CachedSynonyms,
    /// Which products there are, for browsing without search.
    pub table: Products,
    /// The category tree, for browsing without search.
    pub categories: Categories,
}

/// A page of a list.
#[derive(Debug)]
pub struct ProductList {
    /// The ids of products in their order. Deleted products that are still in the index are not in `products`.
    pub page: SearchPage,
    /// The products and their stock.
    pub products: ListedProducts,
    /// Why search did not answer: then products are in the order of their ids, without facets, and `total` is a lower
    /// bound.
    pub degraded: Option<SearchError>,
}

/// Why a list cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Search did not answer.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// A table did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CatalogReader {
    /// Reads the synonyms, so that the first request does not wait for them.
    pub async fn warm_up(&self) {
        self.synonyms.current().await;
    }

    /// A page of a list. The synonyms of `query` are filled in here.
    pub async fn list(&self, mut query: SearchQuery) -> Result<ProductList, CatalogError> {
        if query.text.is_some() {
            query.synonyms = self.synonyms.current().await;
        }
        let (page, degraded) = match self.search.search_cached(&query).await {
            Ok(page) => (page, None),
            Err(error) if query.is_plain_browsing() => (self.browse(&query).await?, Some(error)),
            Err(error) => return Err(error.into()),
        };
        let products = self.products.list(&page.product_ids).await?;
        Ok(ProductList { page, products, degraded })
    }
}
