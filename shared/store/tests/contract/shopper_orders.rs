use souk_domain::account::{Account, CallerKind};
use souk_domain::cart::Cart;
use souk_domain::ids::OrderId;
use souk_store::{ClaimOutcome, Credential, GuestLinkOutcome, PlacementOutcome, ShopperOrders};
use souk_testkit::{Database, user};

use crate::Stores;
use crate::orders::{NOW, order, order_id};

impl Stores {
    /// An order of a shopper, placed so many seconds later.
    async fn ordered(&self, shopper: u32, seconds: i64) -> OrderId {
        let mut placed = order(shopper, &["a"], self, 1);
        placed.order_id = order_id(NOW.plus_seconds(seconds), 1);
        let cart = self.carts.get(&user(shopper)).await.expect("a cart");
        assert!(matches!(self.place(&placed, &cart).await, PlacementOutcome::Placed { .. }));
        placed.order_id
    }

    async fn account_with_guests(&self, shopper: u32, guests: &[u32]) {
        let (user_id, email) = (user(shopper), format!("shopper-{shopper}@example.com").parse().expect("an address"));
        let account = Account { user_id: user_id.clone(), email, verified_at: NOW, created_at: NOW, guest_ids: vec![] };
        let credential = Credential::new(account.email.clone(), user_id.clone(), "none".to_owned());
        let claimed = self.accounts.claim(&self.credentials, &account, &credential).await.expect("answered");
        assert_eq!(claimed, ClaimOutcome::Claimed);
        for guest in guests {
            let linked = self.accounts.add_guest(&user_id, &user(*guest)).await.expect("answered");
            assert_eq!(linked, GuestLinkOutcome::Linked);
        }
    }
}

#[tokio::test]
async fn an_account_has_the_orders_of_its_guests_in_one_list() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 99).await;
        let mut ids = Vec::new();
        for (seconds, shopper) in (0..).zip([1, 2, 3, 4, 2, 2, 1, 3, 3, 1]) {
            ids.insert(0, (shopper, stores.ordered(shopper, seconds).await));
        }
        stores.account_with_guests(1, &[2, 3, 5]).await;
        let orders = ShopperOrders::new(stores.orders.clone(), stores.accounts.clone());
        for (kind, owners) in [(CallerKind::Shopper, &[1, 2, 3][..]), (CallerKind::Guest, &[1])] {
            let expected: Vec<_> =
                ids.iter().filter(|(owner, _)| owners.contains(owner)).map(|(_, id)| id.clone()).collect();
            for limit in [1, 2, 3, 9, 10] {
                let (mut seen, mut after) = (Vec::new(), None);
                loop {
                    let page = orders.list(&user(1), kind, after.as_ref(), limit).await.expect("listed");
                    seen.extend(page.orders.into_iter().map(|order| order.order_id));
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                assert_eq!(seen, expected, "{}: {kind:?}, {limit} a page", database.implementation);
            }
            for (owner, order_id) in &ids {
                let found = orders.find(&user(1), kind, order_id).await.expect("read");
                let expected = owners.contains(owner).then(|| user(*owner));
                assert_eq!(found.map(|order| order.user_id), expected, "{}: {kind:?}", database.implementation);
            }
        }
        let none = orders.list(&user(6), CallerKind::Shopper, None, 5).await.expect("listed");
        assert!(none.orders.is_empty() && none.next.is_none());
    }
}

#[tokio::test]
async fn a_deleted_cart_is_empty() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        stores.stock("a", 9).await;
        stores.ordered(1, 0).await;
        assert!(stores.carts.get(&user(1)).await.expect("a cart").version > 0);
        for _ in 0..2 {
            stores.carts.delete(&user(1)).await.expect("deleted");
            assert_eq!(stores.carts.get(&user(1)).await.expect("a cart"), Cart::empty(user(1)));
        }
    }
}
