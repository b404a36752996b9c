//! Product documents and stock, remembered for those who only look.
//!
//! | what | where | how old at most |
//! |---|---|---|
//! | documents for lists | this process | [three seconds](DOCUMENTS_MS) |
//! | documents for everybody | a Valkey (or Redis) that all processes share, when there is one | five minutes; changed products are replaced by the stream within a second |
//! | stock for lists | this process | [a second](STOCK_MS) |
//!
//! Nothing that decides about money or stock reads from here: checkout takes prices and stock from the tables, and the
//! product page and the cart read stock there too. A shared cache that does not answer costs a bounded wait, soon none
//! at all (see [`CircuitBreaker`](souk_domain::circuit_breaker::CircuitBreaker)), and the tables answer in its place.

mod flights;
mod near;
mod products;
mod shared;
mod stock;

pub use near::{Near, Reading};
pub use products::{CachedProducts, DOCUMENTS_MS, Found, Lookups};
pub use shared::{NoAnswer, SharedCache};
pub use stock::{CachedStock, Counts, STOCK_MS};
