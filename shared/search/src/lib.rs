//! OpenSearch: the product index and its queries, uncached.
//!
//! [`SearchIndex`] keeps the index (`products-v4` behind the alias `products`), writes to it in bulk with external
//! versions, and searches it. A search returns the ids of products in order; documents and stock are read from their
//! tables. No text of a shopper is ever parsed as a query language.

mod begun;
mod category_counts;
mod cluster;
mod collection;
mod document;
mod error;
mod facets;
mod head;
mod highlight;
mod index;
mod mapping;
mod names;
mod node;
mod numbers;
mod plurals;
mod position;
mod query;
mod query_builder;
mod quotes;
mod rebuild;
mod request;
mod response;
mod scripts;
mod search;
mod sort;
mod sort_key;
mod spelling;
mod spellings;
mod stored;
mod suggest;
mod synonyms;
mod text;
mod word;
mod write;

pub use category_counts::CategoryCounts;
pub use cluster::{ClusterHealth, NodeStorage};
pub use collection::CollectionFilter;
pub use document::IndexedProduct;
pub use error::SearchError;
pub use facets::{AttributeFacet, FacetCount, Facets, PriceRange};
pub use highlight::Highlight;
pub use index::{PRODUCTS, SearchIndex, SearchLimits, within_limit};
pub use names::{SuggestedCategory, SuggestionNames};
pub use position::Position;
pub use query::{MAX_DEPTH, SearchQuery, Window};
pub use rebuild::{Rebuild, RebuildProgress, SegmentProgress};
pub use response::SearchPage;
pub use search::Matches;
pub use sort::Sort;
pub use stored::StoredDocument;
pub use suggest::{SuggestQuery, SuggestedProduct, Suggestions};
pub use synonyms::Synonyms;
pub use write::{IndexOperation, Indexed};
