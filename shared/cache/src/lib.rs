//! Generic caching: [`TtlCache`] in the memory of a process, [`SingleFlight`] for
//! concurrent fetches of the same value, and [`SharedCache`], a Valkey or Redis that all processes share.
//!
//! What is cached, and for how long it may be shown, is decided by `souk-catalog`.

mod shared;
mod single_flight;
mod ttl_cache;

pub use shared::{CachedBytes, SharedCache, SharedCacheError, VersionedValue};
pub use single_flight::{Claim, Pending, SingleFlight};
pub use ttl_cache::{Fresh, Lifetime, TtlCache};
