//! Contract tests of the stores, on every available implementation of DynamoDB.

mod accounts;
mod audit_log;
mod carts;
mod catalogue;
mod collections;
mod credentials;
mod inventory;
mod invitations;
mod limits;
mod one_time_tokens;
mod order_size;
mod orders;
mod reconcile;
mod refund_requests;
mod registrations;
mod sessions;
mod shopper_orders;
mod staff_grants;
mod staff_orders;
mod synonyms;
mod verification_keys;

use std::sync::Arc;

use souk_store::{
    Accounts, Carts, Categories, Collections, Credentials, Inventory, Invitations, Limits, OneTimeTokens, Orders,
    Products, RefundRequests, Registrations, Sessions, StaffGrants, StoreCredit, SynonymLists, Table, VerificationKeys,
};
use souk_testkit::{Database, SeededRandom};

pub(crate) use souk_testkit::sku;

/// Runs the same call several times at once and returns the results.
pub(crate) async fn at_once<T: Send + 'static>(
    times: u32,
    call: impl Fn(u32) -> futures_util::future::BoxFuture<'static, T>,
) -> Vec<T> {
    let running: Vec<_> = (0..times).map(|number| tokio::spawn(call(number))).collect();
    let mut results = Vec::new();
    for one in running {
        results.push(one.await.expect("ran"));
    }
    results
}

/// The stores on one database.
pub(crate) struct Stores {
    pub(crate) products: Products,
    pub(crate) categories: Categories,
    pub(crate) collections: Collections,
    pub(crate) inventory: Inventory,
    pub(crate) carts: Carts,
    pub(crate) orders: Orders,
    pub(crate) accounts: Accounts,
    pub(crate) credentials: Credentials,
    pub(crate) registrations: Registrations,
    pub(crate) invitations: Invitations,
    pub(crate) one_time_tokens: OneTimeTokens,
    pub(crate) staff_grants: StaffGrants,
    pub(crate) store_credit: StoreCredit,
    pub(crate) refund_requests: RefundRequests,
    pub(crate) verification_keys: VerificationKeys,
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
            collections: Collections::new(table("categories")),
            inventory: Inventory::new(table("inventory"), "local"),
            carts: Carts::new(table("carts")),
            orders: Orders::new(table("orders")),
            accounts: Accounts::new(table("accounts")),
            credentials: Credentials::new(table("credentials")),
            registrations: Registrations::new(table("registrations")),
            invitations: Invitations::new(table("invitations")),
            one_time_tokens: OneTimeTokens::new(table("onetimetokens")),
            staff_grants: StaffGrants::new(table("staffgrants")),
            store_credit: StoreCredit::new(table("storecredit")),
            refund_requests: RefundRequests::new(table("refundrequests")),
            verification_keys: VerificationKeys::new(table("verificationkeys")),
            sessions: Sessions::new(table("sessions")),
            limits: Limits::new(table("limits")),
            synonyms: SynonymLists::new(table("synonyms")),
        }
    }
}
