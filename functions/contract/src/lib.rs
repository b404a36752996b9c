//! The contract service: it serves the description of the HTTP API.

pub mod get_openapi;
mod handlers;
mod operations;

pub use handlers::HANDLERS;
pub use operations::OPERATIONS;
