//! OpenSearch: the product index and its queries.
//!
//! [`SearchIndex`] finds the domain, keeps the index (`products-v3` behind the alias `products`), writes to it in bulk
//! with external versions, and searches it. What it answers are product ids in order: documents and stock are looked up
//! where they are kept. No text of a shopper is ever parsed as a query language.

mod answer;
mod cursor;
mod document;
mod error;
mod facets;
mod highlight;
mod index;
mod mapping;
mod memory;
mod names;
mod node;
mod query;
mod rebuild;
mod remembering;
mod search;
mod spelling;
mod stored;
mod suggest;
mod synonyms;
mod text;
mod wanted;
mod write;

pub use answer::SearchPage;
pub use cursor::Cursor;
pub use document::IndexedProduct;
pub use error::SearchError;
pub use facets::{AttributeFacet, FacetCount, Facets, PriceRange};
pub use highlight::Highlight;
pub use index::{PRODUCTS, SearchIndex};
pub use query::{MAX_DEPTH, SearchQuery, Sort, Window};
pub use rebuild::{Rebuild, RebuildProgress, SegmentProgress};
pub use stored::Stored;
pub use suggest::{SuggestedCategory, SuggestedProduct, Suggestions};
pub use synonyms::Synonyms;
pub use write::{IndexOperation, Indexed};
