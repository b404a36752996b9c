//! The readers of the catalogue on a real DynamoDB, Redis and OpenSearch, with faulty connections.

mod degraded;
mod fake_search;
mod fixture;
mod freshness;
mod products;
mod shared_cache_down;
