//! For tests only: real DynamoDB implementations with the tables of `template.yaml`, fakes of AWS services and of
//! Stripe, a proxy that breaks connections, a clock that a test sets, and seeded randomness.

mod aws;
mod aws_protocol;
mod database;
mod embedded;
mod proxy;
mod s3;
mod stream;
pub mod stripe;
mod template;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use souk_domain::catalog::{CategoryPath, Product};
use souk_domain::effects::{Clock, Random};
use souk_domain::ids::{ProductId, UserId};
use souk_domain::money::Currency;
use souk_domain::time::Timestamp;
use souk_rng::SeededRng;

pub use aws::FakeAws;
pub use aws_protocol::{json_response, operation};
pub use database::{Database, sdk_config};
pub use proxy::{Fault, Proxy};
pub use s3::{FakeS3, S3Fault};
pub use stream::Stream;
pub use template::{handlers_of, key_attributes};

/// A clock that a test sets.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Starts at 2026-11-24T06:57:00Z.
    pub const fn new() -> Self {
        Self(AtomicI64::new(1_795_503_420_000))
    }

    /// Advances the clock.
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

/// The shop's source of randomness with a seed: it repeats from run to run but never within one.
#[derive(Debug)]
pub struct SeededRandom(Mutex<SeededRng>);

impl SeededRandom {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(SeededRng::new(seed, 0)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in buffer.chunks_mut(8) {
            chunk.copy_from_slice(&rng.next_u64().to_le_bytes()[..chunk.len()]);
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
        compare_at_price_minor: None,
        currency: Currency::USD,
        image_url: None,
        thumbnail_url: None,
        ean: Vec::new(),
        released: None,
        max_per_order: None,
        stock_shards: 1,
        version: 1,
    }
}
