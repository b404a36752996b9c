//! What the tests of this service stand on.

use std::sync::Arc;

use souk_domain::catalog::{CategoryPath, Product};
use souk_domain::effects::Clock;
use souk_domain::ids::ProductId;
use souk_domain::money::Currency;
use souk_domain::stock::total;
use souk_runtime::http::{Problem, Reply};
use souk_store::{Inventory, LedgerEntry, Products, Saved, StockChange, Table};
use souk_testkit::{Database, FixedClock, SeededRandom, user};

use crate::StockKeeper;

pub(crate) struct Fixture {
    clock: Arc<FixedClock>,
    random: Arc<SeededRandom>,
    products: Products,
    pub(crate) inventory: Inventory,
}

fn sku(name: &str) -> ProductId {
    name.parse().expect("a product id")
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let database = Database::start().await;
        let random = Arc::new(SeededRandom::new(7));
        let table = |name| Table::new(database.client.clone(), database.table(name), random.clone());
        Self {
            products: Products::new(table("products")),
            inventory: Inventory::new(table("inventory"), "local"),
            clock: Arc::new(FixedClock::new()),
            random,
        }
    }

    pub(crate) fn stock_keeper(&self) -> StockKeeper {
        StockKeeper {
            inventory: self.inventory.clone(),
            products: self.products.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
        }
    }

    /// A product without stock.
    pub(crate) async fn product(&self, name: &str) {
        let product = Product {
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
            ean: vec![],
            released: None,
            stock_shards: 1,
            version: 1,
        };
        assert_eq!(self.products.put(&product, None).await.expect("written"), Saved::Done);
    }

    pub(crate) async fn count(&self, name: &str, counted: u32) {
        let entry = LedgerEntry::new("counted", user(9), self.clock.now(), None, &*self.random);
        let change = self.inventory.count(&sku(name), counted, &entry).await.expect("counted");
        assert_eq!(change, StockChange::Done { available: counted });
    }

    /// How many shards checkouts choose from.
    pub(crate) async fn stock_shards(&self, name: &str) -> u32 {
        self.products.get(&sku(name)).await.expect("read").expect("a product").stock_shards
    }

    pub(crate) async fn available(&self, name: &str) -> u32 {
        total(&self.inventory.counts(&sku(name)).await.expect("counts"))
    }
}

/// Status and code of an outcome: `(200, "")` or `(404, "not_found")`.
pub(crate) fn outcome(outcome: &Result<Reply, Problem>) -> (u16, &str) {
    match outcome {
        Ok(reply) => (reply.status(), ""),
        Err(problem) => (problem.status(), problem.code()),
    }
}
