//! OpenSearch: the product index and its queries.
