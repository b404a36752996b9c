//! The shop's rules, pure: no I/O, no AWS, no clock. Everything else in the workspace stands on this crate.
//!
//! Types carry what must hold: a [`Quantity`](cart::Quantity) is never zero, [`Money`](money::Money) never mixes
//! currencies, an [`OrderId`](ids::OrderId) is not a [`ProductId`](ids::ProductId). The `serde` form of a type is the
//! form in which it is stored; what clients see is spelt out by the handlers.

pub mod account;
pub mod address;
pub mod cart;
pub mod catalog;
pub mod circuit_breaker;
pub mod effects;
pub mod event;
pub mod idempotency;
pub mod ids;
pub mod message;
pub mod money;
pub mod order;
pub mod reconcile;
pub mod stock;
pub mod synonyms;
pub mod time;
pub mod validation;
