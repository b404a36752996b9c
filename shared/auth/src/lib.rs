//! Passwords, tokens and signing keys.
//!
//! A login returns two tokens. Every function can verify an [access token](AccessTokens) by itself, and it cannot be
//! revoked, so it is valid for 15 minutes. A [`RefreshToken`] is verified with the sessions table, and is exchanged
//! once for the next pair.

mod access;
mod keys;
pub mod password;
mod refresh;

pub use access::{ACCESS_TOKEN_SECONDS, AccessTokens, Caller, TokenError};
pub use keys::{KeyError, KeyFuture, KeySet, KeySource, SecretKeys, SigningKey};
pub use refresh::{REFRESH_TOKEN_SECONDS, RefreshToken};
