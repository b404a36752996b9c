//! Reads of the catalogue for shoppers, through its caches. Nothing that decides about money or stock reads here:
//! checkout reads prices and stock from the tables.
//!
//! [`CatalogReader`] answers lists, [`ProductReader`] products and their stock, [`SearchReader`] searches and
//! suggestions. How long anything may be shown is decided in [`freshness`], how a cache works in `souk-cache`.

mod browse;
mod categories;
mod collections;
mod documents;
pub mod freshness;
mod list_cache;
mod products;
mod reader;
mod search;
mod stock;
mod synonyms;

pub use categories::CachedCategories;
pub use collections::CachedCollections;
pub use documents::{CachedProducts, FoundProducts, Lookups};
pub use products::{CurrentProducts, ListedProducts, ProductReader};
pub use reader::{CatalogError, CatalogReader, ProductList};
pub use search::SearchReader;
pub use stock::{CachedStock, StockCounts};
pub use synonyms::CachedSynonyms;
