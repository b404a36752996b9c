//! OpenSearch: the product index and its queries.
//!
//! [`SearchIndex`] finds the domain, keeps the index (`products-v1` behind the alias `products`), writes to it in bulk
//! with external versions, and searches it. What it answers are product ids in order: documents and stock are looked up
//! where they are kept. No text of a shopper is ever parsed as a query language.

mod answer;
mod document;
mod error;
mod index;
mod mapping;
mod node;
mod query;
mod rebuild;
mod spelling;
mod stored;
mod synonyms;
mod text;
mod write;

pub use answer::{FacetCount, Facets, SearchPage};
pub use document::IndexedProduct;
pub use error::SearchError;
pub use index::{PRODUCTS, SearchIndex};
pub use query::{MAX_DEPTH, SearchQuery, Sort, Window};
pub use rebuild::{Rebuild, RebuildProgress};
pub use stored::Stored;
pub use write::{IndexOperation, Indexed};
