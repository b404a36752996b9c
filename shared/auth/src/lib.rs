//! Passwords, tokens and signing keys.
//!
//! A session returns two tokens. Every function can verify an access token by itself ([`AccessTokenVerifier`]), so it is
//! valid for 15 minutes only. A refresh token ([`RefreshTokens`]) is verified with the sessions table, and is exchanged
//! once for the next pair.
//!
//! Only functions that issue tokens hold private keys ([`AccessTokenIssuer`]). [`KeyRing`] plans the rotation and the
//! revocation of keys.

mod access;
mod cached;
mod device;
mod key_ring;
mod keys;
mod mac;
pub mod one_time;
pub mod password;
mod pseudonyms;
mod refresh;
mod secrets;
pub mod totp;

pub use access::{ACCESS_TOKEN_SECONDS, AccessTokenIssuer, AccessTokenVerifier, Caller, TokenError};
pub use device::{DeviceClaims, DeviceTokens};
pub use key_ring::{KeyChange, KeyRing};
pub use keys::{KeyError, KeyFuture, SigningKeySource, SigningKeys, VerificationKeySource};
pub use mac::MacKey;
pub use pseudonyms::Pseudonyms;
pub use refresh::{RefreshClaims, RefreshTokens};
pub use secrets::SigningSecret;
