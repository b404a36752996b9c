//! Domain types and rules of the shop. Pure: no I/O, no AWS, no clock. All other crates depend on this one.
//!
//! Types enforce invariants: a [`Quantity`](quantity::Quantity) is never zero, [`Money`](money::Money) never mixes
//! currencies, an [`OrderId`](ids::OrderId) is not a [`ProductId`](ids::ProductId). The `serde` form of a type is its
//! stored form; the handlers define what clients see.

pub mod account;
pub mod address;
pub mod audit;
pub mod cart;
pub mod catalog;
pub mod category_tree;
pub mod circuit_breaker;
pub mod collection;
pub mod contact;
pub mod cursor;
pub mod effects;
pub mod erasure;
pub mod event;
pub mod idempotency;
pub mod ids;
pub mod mail;
pub mod message;
pub mod money;
pub mod network;
pub mod order;
pub mod permission;
pub mod quantity;
pub mod rate_limit;
pub mod reconcile;
pub mod signing_key;
pub mod stock;
pub mod synonyms;
pub mod time;
pub mod unicode;
pub mod validation;
