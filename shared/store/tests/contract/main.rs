//! Contract tests of the stores, on every available implementation of DynamoDB.

mod carts;
mod catalogue;
mod inventory;
mod limits;
mod orders;
mod reconcile;
mod sessions;
mod staff_orders;
mod synonyms;
mod users;

use std::sync::Arc;

use souk_store::{Carts, Categories, Inventory, Limits, Orders, Products, Sessions, SynonymLists, Table, Users};
use souk_testkit::{Database, SeededRandom};

pub(crate) use souk_testkit::sku;

/// The stores on one database.
pub(crate) struct Stores {
    pub(crate) products: Products,
    pub(crate) categories: Categories,
    pub(crate) inventory: Inventory,
    pub(crate) carts: Carts,
    pub(crate) orders: Orders,
    pub(crate) users: Users,
    pub(crate) sessions: Sessions,
    pub(crate) limits: Limits,
    pub(crate) synonyms: SynonymLists,
}

impl Stores {
    pub(crate) fn on(database: &Database) -> Self {
        let random = Arc::new(SeededRandom::new(1));
        let table = |name| Table::new(database.client.clone(), database.table(name), random.clone());
        Self {
            products: Products::new(table("products")),
            categories: Categories::new(table("categories")),
            inventory: Inventory::new(table("inventory"), "local"),
            carts: Carts::new(table("carts")),
            orders: Orders::new(table("orders")),
            users: Users::new(table("users")),
            sessions: Sessions::new(table("sessions")),
            limits: Limits::new(table("limits")),
            synonyms: SynonymLists::new(table("synonyms")),
        }
    }
}
