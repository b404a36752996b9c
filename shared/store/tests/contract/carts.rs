use std::sync::Arc;

use souk_domain::account::CallerKind;
use souk_domain::cart::{Cart, GUEST_CART_SECONDS};
use souk_domain::quantity::Quantity;
use souk_store::SaveOutcome;
use souk_testkit::{Database, user};

use crate::orders::{NOW, idempotency_key, order_id};
use crate::{Stores, at_once, sku};

#[tokio::test]
async fn of_two_writers_one_wins() {
    for database in Database::each().await {
        let carts = Stores::on(&database).carts;
        let mut first = carts.get(&user(1)).await.expect("an empty cart");
        let mut second = first.clone();
        first.add(sku("a"), Quantity::new(2).expect("two"), None, NOW).expect("added");
        second.add(sku("b"), Quantity::new(1).expect("one"), None, NOW).expect("added");
        assert_eq!(carts.save(&mut first).await.expect("saved"), SaveOutcome::Saved);
        assert_eq!(carts.save(&mut second).await.expect("refused"), SaveOutcome::VersionConflict);
        assert_eq!(carts.get(&user(1)).await.expect("read"), first, "{}", database.implementation);

        first.remove(&sku("a"));
        assert_eq!(carts.save(&mut first).await.expect("saved"), SaveOutcome::Saved);
        assert_eq!((first.version, carts.get(&user(1)).await.expect("read").version), (2, 2));
    }
}

#[tokio::test]
async fn recent_requests_are_stored() {
    for database in Database::each().await {
        let carts = Stores::on(&database).carts;
        let (one, placed) = (Quantity::new(1).expect("one"), order_id(NOW, 1));
        let mut cart = carts.get(&user(1)).await.expect("an empty cart");
        cart.add(sku("a"), one, Some(&idempotency_key("added")), NOW).expect("added");
        let mut cart = cart.checked_out(placed.clone(), Some(&idempotency_key("placed")), NOW);
        assert_eq!(carts.save(&mut cart).await.expect("saved"), SaveOutcome::Saved);
        let mut stored = carts.get(&user(1)).await.expect("read");
        assert_eq!(stored, cart, "{}", database.implementation);
        assert_eq!(stored.placed_by(&idempotency_key("placed"), NOW), Ok(Some(&placed)));
        assert_eq!(stored.add(sku("a"), one, Some(&idempotency_key("added")), NOW), Ok(false));
    }
}

impl Stores {
    /// Puts units into a cart, as a user of this kind does.
    async fn put(&self, shopper: u32, kind: CallerKind, product: &str, quantity: u64) {
        let mut cart = self.carts.get(&user(shopper)).await.expect("read");
        cart.add(sku(product), Quantity::new(quantity).expect("a quantity"), None, NOW).expect("added");
        cart.set_expiry(kind, NOW);
        assert_eq!(self.carts.save(&mut cart).await.expect("saved"), SaveOutcome::Saved);
    }

    async fn merge(&self, guest: u32, shopper: u32, kind: CallerKind) {
        let (guest, shopper) = (user(guest), user(shopper));
        self.carts.merge(&guest, &shopper, kind, &self.inventory, NOW).await.expect("merged");
    }

    /// Products and quantities of a cart, in its order.
    async fn lines(&self, shopper: u32) -> Vec<(String, u32)> {
        let cart = self.carts.get(&user(shopper)).await.expect("read");
        cart.lines.iter().map(|line| (line.product_id.to_string(), line.quantity.get())).collect()
    }
}

fn lines<const N: usize>(lines: [(&str, u32); N]) -> Vec<(String, u32)> {
    lines.map(|(product, quantity)| (product.to_owned(), quantity)).into()
}

#[tokio::test]
async fn a_guests_cart_is_merged_once_and_is_empty_afterwards() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        for (product, units) in [("a", 100), ("b", 5), ("c", 100)] {
            stores.stock(product, units).await;
        }
        stores.put(1, CallerKind::Shopper, "a", 2).await;
        for (product, quantity) in [("a", 3), ("b", 9), ("c", 1), ("never-counted", 1)] {
            stores.put(7, CallerKind::Guest, product, quantity).await;
        }
        assert!(stores.carts.get(&user(7)).await.expect("read").expires_at.is_some());
        for _ in 0..2 {
            stores.merge(7, 1, CallerKind::Shopper).await;
            assert_eq!(stores.lines(1).await, lines([("a", 5), ("b", 5), ("c", 1)]), "{}", database.implementation);
            let guest = stores.carts.get(&user(7)).await.expect("read");
            assert_eq!((guest.lines.len(), guest.version), (0, 5), "its versions do not start again");
        }
        let merged = stores.carts.get(&user(1)).await.expect("read");
        assert_eq!((merged.version, merged.expires_at), (2, None), "an account's cart does not expire");
        stores.merge(1, 1, CallerKind::Shopper).await;
        assert_eq!(stores.carts.get(&user(1)).await.expect("read"), merged, "a cart is not merged into itself");
    }
}

#[tokio::test]
async fn the_cart_of_a_pending_account_expires_until_its_address_is_verified() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 100).await;
        stores.put(7, CallerKind::Guest, "a", 3).await;
        stores.merge(7, 1, CallerKind::Guest).await;
        let pending = stores.carts.get(&user(1)).await.expect("read");
        assert_eq!(pending.expires_at, Some(NOW.plus_seconds(GUEST_CART_SECONDS).as_seconds()));
        for _ in 0..2 {
            stores.carts.keep(&user(1)).await.expect("kept");
            let kept = stores.carts.get(&user(1)).await.expect("read");
            let expected = Cart { expires_at: None, version: pending.version + 1, ..pending.clone() };
            assert_eq!(kept, expected, "{}", database.implementation);
        }
        stores.carts.keep(&user(2)).await.expect("nothing to keep");
        assert_eq!(stores.carts.get(&user(2)).await.expect("read"), Cart::empty(user(2)), "nothing is made");
    }
}

/// While a guest's cart is merged, twice, the guest and the account each add units. Each addition is in one of the two
/// carts afterwards, once.
#[tokio::test]
async fn a_merge_that_races_with_changes_of_both_carts_loses_and_doubles_nothing() {
    for database in Database::each().await {
        let stores = Arc::new(Stores::on(&database));
        stores.stock("a", 1_000).await;
        stores.put(1, CallerKind::Shopper, "a", 100).await;
        stores.put(7, CallerKind::Guest, "a", 10).await;
        at_once(8, |number| {
            let stores = stores.clone();
            Box::pin(async move {
                if number % 4 == 1 {
                    return stores.merge(7, 1, CallerKind::Shopper).await;
                }
                let shopper = if number % 2 == 0 { 1 } else { 7 };
                for attempt in 0.. {
                    let mut cart = stores.carts.get(&user(shopper)).await.expect("read");
                    cart.add(sku("a"), Quantity::new(1).expect("one"), None, NOW).expect("added");
                    if stores.carts.save(&mut cart).await.expect("answered") == SaveOutcome::Saved {
                        return;
                    }
                    stores.carts.back_off(attempt).await;
                }
            })
        })
        .await;
        let (account, guest) = (stores.lines(1).await, stores.lines(7).await);
        let units: u32 = account.iter().chain(&guest).map(|(_, quantity)| quantity).sum();
        assert_eq!(units, 116, "{account:?} {guest:?} on {}", database.implementation);
        assert!(account[0].1 >= 114 && guest.iter().all(|(_, quantity)| *quantity <= 2), "{account:?} {guest:?}");
    }
}
