//! What every function is built from: configuration, telemetry, AWS clients, and the serving of each source of events.

pub mod batch;
pub mod bus;
pub mod config;
pub mod contract;
pub mod custom_resource;
mod dependencies;
pub mod direct;
pub mod effects;
pub mod http;
pub mod objects;
pub mod queues;
pub mod service;
pub mod stage;
pub mod stream;
pub mod telemetry;

pub use dependencies::Dependencies;

/// Why a function does not start, or fails as a whole.
pub type Error = lambda_runtime::Error;
