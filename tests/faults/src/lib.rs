//! The shop in one process, with everything around it made to break on command.
//!
//! The handlers are the real ones and so is `DynamoDB` (dynoxide); stream, queues and payment provider are played, so that a
//! test decides what is delivered when, how often, and what crashes before and after which effect.

pub mod bank;
pub mod conflicts;
pub mod gate;
pub mod platform;
pub mod sale;
pub mod shop;
pub mod wire;
pub mod witness;
