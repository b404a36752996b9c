//! The whole shop in one process, with fault injection.
//!
//! Handlers and database (dynoxide) are real; streams, queues and payment provider are simulated, so a test decides
//! what is delivered, when and how often, and before or after which effect a process crashes.

pub mod aws;
pub mod conflicts;
pub mod injector;
pub mod platform;
pub mod provider;
pub mod sale;
pub mod shop;
pub mod transactions;
