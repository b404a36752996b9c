//! What can go wrong with search, for callers to decide about.

/// Why a search was not answered.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// Refused, timed out, overloaded, failing, or without the index.
    #[error("search does not answer: {0}")]
    Unavailable(String),
    /// OpenSearch refused the request itself: a bug or missing rights.
    #[error("search refused the request: {0}")]
    Rejected(String),
}
