//! The auth service: one module per endpoint, one binary for all of them.

pub mod authorizer;
pub mod grant_role;
mod handlers;
pub mod login;
pub mod logout;
pub mod refresh;
pub mod register;
mod session;

#[cfg(test)]
mod fixture;

pub use handlers::HANDLERS;
pub use session::{SessionKeeper, access_tokens};
