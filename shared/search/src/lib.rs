//! OpenSearch: the product index and its queries.

/// Why a search was not answered.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// Refused, timed out, overloaded or failing.
    #[error("search does not answer: {0}")]
    Unavailable(String),
    /// OpenSearch refused the request itself: a bug or missing rights.
    #[error("search refused the request: {0}")]
    Rejected(String),
}
