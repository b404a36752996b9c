//! Fixture for the tests of this service: its stores on one in-process DynamoDB.

use std::sync::Arc;

use souk_catalog::ProductReader;
use souk_domain::catalog::Product;
use souk_domain::ids::UserId;
use souk_domain::money::Currency;
use souk_fixtures::{Stores, count_stock, put_in_cart, save_product};
use souk_runtime::http::Request;
use souk_store::Inventory;
use souk_testkit::{Database, FixedClock, SeededRandom, product, sku, user};

pub(crate) use souk_fixtures::outcome;

use crate::CartContext;

pub(crate) struct Fixture {
    pub(crate) context: CartContext,
    pub(crate) random: Arc<SeededRandom>,
    inventory: Inventory,
    pub(crate) clock: Arc<FixedClock>,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let database = Database::start().await;
        let random = Arc::new(SeededRandom::new(7));
        let Stores { carts, products, inventory, .. } = Stores::on(&database, random.clone());
        let clock = Arc::new(FixedClock::new());
        let context = CartContext {
            carts,
            catalog: ProductReader::new(products.clone(), inventory.clone(), None, clock.clone(), random.clone()),
            products,
            max_per_order: 0,
            currency: Currency::USD,
            clock: clock.clone(),
        };
        Self { context, random, inventory, clock }
    }

    /// Creates or changes a product, with its price in cents and its stock.
    pub(crate) async fn product(&self, name: &str, price_minor: i64, available: u32) {
        save_product(&self.context.products, Product { price_minor, ..product(name) }).await;
        count_stock(&self.inventory, &sku(name), available, &*self.clock, &*self.random).await;
    }

    pub(crate) async fn put_in_cart(&self, user_id: &UserId, name: &str, quantity: u32) {
        put_in_cart(&self.context.carts, user_id, &sku(name), quantity).await;
    }

    /// The products and quantities in a cart.
    pub(crate) async fn lines(&self, user_id: &UserId) -> Vec<(String, u32)> {
        let cart = self.context.carts.get(user_id).await.expect("a cart");
        cart.lines.iter().map(|line| (line.product_id.to_string(), line.quantity.get())).collect()
    }
}

/// A request of the n-th shopper.
pub(crate) fn request_of(shopper: u32, method: &str, path: &str) -> Request {
    Request::new(method, path).from_user(user(shopper))
}
