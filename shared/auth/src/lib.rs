//! Passwords, tokens and signing keys.
//!
//! Somebody who signs in gets two tokens: an [access token](AccessTokens), which every function can check by itself and
//! which nobody can take back, so it lives 15 minutes; and a [`RefreshToken`], which only the sessions table can check,
//! and which gets the next pair once.

mod access;
mod keys;
pub mod password;
mod refresh;

pub use access::{ACCESS_TOKEN_SECONDS, AccessTokens, Caller, TokenError};
pub use keys::{KeyError, KeySet, KeySource, Reading, SecretKeys, SigningKey};
pub use refresh::{REFRESH_TOKEN_SECONDS, RefreshToken};
