//! The auth service: guests, log-in, tokens and signing keys. One module per function, one binary for all of them.

mod authorizer_event;
pub mod create_guest;
pub mod get_jwks;
mod handlers;
mod key_store;
pub mod login;
pub mod logout;
mod operations;
pub mod prepare_signing_key;
pub mod refresh;
pub mod rotate_signing_key;
pub mod session_authorizer;
pub mod token_authorizer;

#[cfg(test)]
mod fixture;

pub use handlers::HANDLERS;
pub use operations::OPERATIONS;
