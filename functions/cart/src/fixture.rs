//! What the tests of this service stand on: its stores on one in-process DynamoDB.

use std::sync::Arc;

use souk_cache::CachedProducts;
use souk_domain::account::Role;
use souk_domain::cart::Quantity;
use souk_domain::catalog::{CategoryPath, Product};
use souk_domain::effects::Clock;
use souk_domain::ids::{ProductId, UserId};
use souk_domain::money::Currency;
use souk_runtime::http::{Problem, Reply, Request};
use souk_store::{Carts, Inventory, LedgerEntry, Products, Saved, Table};
use souk_testkit::{Database, FixedClock, SeededRandom, user};

use crate::CartStores;

pub(crate) struct Fixture {
    pub(crate) stores: CartStores,
    pub(crate) random: Arc<SeededRandom>,
    clock: Arc<FixedClock>,
}

fn sku(name: &str) -> ProductId {
    name.parse().expect("a product id")
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let database = Database::start().await;
        let random = Arc::new(SeededRandom::new(7));
        let table = |name| Table::new(database.client.clone(), database.table(name), random.clone());
        let clock = Arc::new(FixedClock::new());
        let products = Products::new(table("products"));
        let stores = CartStores {
            carts: Carts::new(table("carts")),
            documents: CachedProducts::new(products.clone(), None, clock.clone(), random.clone()),
            products,
            inventory: Inventory::new(table("inventory"), "local"),
            currency: Currency::USD,
        };
        Self { stores, random, clock }
    }

    /// A product that costs so many cents, with so many in stock. Twice the same changes it.
    pub(crate) async fn product(&self, name: &str, price_minor: i64, available: u32) {
        let seen = self.stores.products.get(&sku(name)).await.expect("read").map(|product| product.version);
        let product = Product {
            product_id: sku(name),
            name: format!("Product {name}"),
            description: None,
            brand: None,
            category: CategoryPath::default(),
            attributes: [].into(),
            price_minor,
            currency: Currency::USD,
            image_url: None,
            thumbnail_url: None,
            ean: vec![],
            released: None,
            stock_shards: 1,
            version: seen.unwrap_or(0) + 1,
        };
        assert_eq!(self.stores.products.put(&product, seen).await.expect("written"), Saved::Done);
        let entry = LedgerEntry {
            reason: "counted".to_owned(),
            changed_by: None,
            at: self.clock.now(),
            entry_id: product.version.to_string(),
            request: None,
        };
        self.stores.inventory.count(&sku(name), available, &entry).await.expect("counted");
    }

    pub(crate) async fn put_in_cart(&self, user_id: &UserId, name: &str, quantity: u64) {
        let mut cart = self.stores.carts.get(user_id).await.expect("a cart");
        cart.add(sku(name), Quantity::new(quantity).expect("a quantity"), None).expect("added");
        assert_eq!(self.stores.carts.save(&mut cart).await.expect("saved"), Saved::Done);
    }

    /// What is in a cart: product and quantity.
    pub(crate) async fn lines(&self, user_id: &UserId) -> Vec<(String, u32)> {
        let cart = self.stores.carts.get(user_id).await.expect("a cart");
        cart.lines.iter().map(|line| (line.product_id.to_string(), line.quantity.get())).collect()
    }
}

/// A request of the n-th shopper.
pub(crate) fn of(shopper: u32, method: &str, path: &str) -> Request {
    Request::new(method, path).from_user(user(shopper), Role::Shopper)
}

/// Status and code of an outcome: `(201, "")` or `(404, "not_found")`.
pub(crate) fn outcome(outcome: &Result<Reply, Problem>) -> (u16, &str) {
    match outcome {
        Ok(reply) => (reply.status(), ""),
        Err(problem) => (problem.status(), problem.code()),
    }
}
