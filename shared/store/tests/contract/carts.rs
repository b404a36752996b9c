use souk_domain::cart::Quantity;
use souk_store::SaveOutcome;
use souk_testkit::{Database, user};

use crate::orders::{NOW, idempotency_key, order_id};
use crate::{Stores, sku};

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
