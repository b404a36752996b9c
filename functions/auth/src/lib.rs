//! The auth service: one module per endpoint, one binary per Lambda.

pub mod authorizer;
pub mod grant_role;
pub mod login;
pub mod logout;
pub mod refresh;
pub mod register;
mod session;

#[cfg(test)]
mod fixture;

pub use session::{SessionKeeper, access_tokens};
