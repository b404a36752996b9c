//! The auth service: one module per endpoint, one binary for all of them.

pub mod authorizer;
mod context;
pub mod grant_role;
mod handlers;
pub mod login;
pub mod logout;
mod operations;
pub mod refresh;
pub mod register;

#[cfg(test)]
mod fixture;

pub use context::{SessionContext, access_tokens};
pub use handlers::HANDLERS;
pub use operations::OPERATIONS;
