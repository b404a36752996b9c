//! What every function stands on: configuration, telemetry, AWS clients, the HTTP layer, message batches.

pub mod batch;
pub mod bus;
pub mod config;
pub mod effects;
pub mod http;
pub mod objects;
pub mod queues;
pub mod stream;
pub mod telemetry;
mod wiring;

pub use wiring::Wiring;

/// What a function's `main` returns.
pub type Error = lambda_runtime::Error;
