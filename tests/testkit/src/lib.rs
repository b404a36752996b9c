//! For tests only: real DynamoDB implementations with the tables of `template.yaml`, AWS services that a test plays, a
//! Stripe of our own, a connection that it can break, a clock that stands still, randomness that repeats.

mod aws;
mod database;
mod embedded;
mod proxy;
mod s3;
mod stream;
pub mod stripe;
mod template;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use souk_domain::catalog::{CategoryPath, Product};
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::{ProductId, UserId};
use souk_domain::money::Currency;
use souk_domain::time::Timestamp;

pub use aws::FakeAws;
pub use database::{Database, sdk_config};
pub use proxy::{Fault, Proxy};
pub use s3::{FakeS3, S3Fault};
pub use stream::Stream;
pub use template::handlers_of;

/// A clock that a test sets.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Stands at 2026-11-24T06:57:00Z.
    pub const fn new() -> Self {
        Self(AtomicI64::new(1_795_503_420_000))
    }

    /// Moves on.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Default for FixedClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Randomness that repeats from run to run but never within one (`SplitMix64`).
#[derive(Debug)]
pub struct SeededRandom(AtomicU64);

impl SeededRandom {
    /// Starts from a seed.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn next(&self) -> u64 {
        let state = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::SeqCst);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

/// The n-th shopper of a test.
pub fn user(n: u32) -> UserId {
    format!("0190a5a0-0000-7000-8000-{n:012}").parse().expect("a user id")
}

/// A product id.
pub fn sku(name: &str) -> ProductId {
    name.parse().expect("a product id")
}

/// Version 1 of a product that costs 1.00, is named after its id and has nothing optional.
pub fn product(name: &str) -> Product {
    Product {
        product_id: sku(name),
        name: format!("Product {name}"),
        description: None,
        brand: None,
        category: CategoryPath::default(),
        attributes: [].into(),
        price_minor: 100,
        currency: Currency::USD,
        image_url: None,
        thumbnail_url: None,
        ean: Vec::new(),
        released: None,
        stock_shards: 1,
        version: 1,
    }
}
