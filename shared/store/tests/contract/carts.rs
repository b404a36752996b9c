use souk_domain::cart::Quantity;
use souk_store::SaveOutcome;
use souk_testkit::{Database, user};

use crate::{Stores, sku};

#[tokio::test]
async fn of_two_writers_one_wins() {
    for database in Database::each().await {
        let carts = Stores::on(&database).carts;
        let mut first = carts.get(&user(1)).await.expect("an empty cart");
        let mut second = first.clone();
        first.add(sku("a"), Quantity::new(2).expect("two"), None).expect("added");
        second.add(sku("b"), Quantity::new(1).expect("one"), None).expect("added");
        assert_eq!(carts.save(&mut first).await.expect("saved"), SaveOutcome::Saved);
        assert_eq!(carts.save(&mut second).await.expect("refused"), SaveOutcome::VersionConflict);
        assert_eq!(carts.get(&user(1)).await.expect("read"), first, "{}", database.implementation);

        first.remove(&sku("a"));
        assert_eq!(carts.save(&mut first).await.expect("saved"), SaveOutcome::Saved);
        assert_eq!((first.version, carts.get(&user(1)).await.expect("read").version), (2, 2));
    }
}
