//! Idempotency keys of clients, as they are stored.

use serde::{Deserialize, Serialize};

/// A client's idempotency key with the fingerprint of its request, both hashed. The same key with the same fingerprint
/// is a replay; the same key with another fingerprint is a client error.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IdempotencyKey {
    /// Hash of the header `Idempotency-Key`.
    pub key: String,
    /// Hash of the method, path and body.
    pub fingerprint: String,
}
