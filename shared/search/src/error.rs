//! The errors of search.

/// Why a search was not answered.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SearchError {
    /// Refused, timed out, overloaded, failing, or without the index.
    #[error("search is unavailable: {0}")]
    Unavailable(String),
    /// OpenSearch refused the request itself: a bug or missing rights.
    #[error("search refused the request: {0}")]
    Rejected(String),
}

impl SearchError {
    /// What a status means, with OpenSearch's name for the error.
    pub(crate) fn of(status: u16, kind: &str) -> Self {
        let message = format!("{status}: {kind}");
        // 404 is an index that was not made yet, or was lost.
        if matches!(status, 404 | 408 | 429 | 500..=599) { Self::Unavailable(message) } else { Self::Rejected(message) }
    }
}
