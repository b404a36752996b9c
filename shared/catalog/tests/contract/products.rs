//! Product documents: where they are cached, for how long, and what may replace them.

use futures_util::future::join_all;
use souk_domain::effects::Clock as _;

use crate::fixture::{Shop, id, product, redis_url, summary};

#[tokio::test]
async fn a_list_asks_the_table_every_few_seconds() {
    let shop = Shop::open().await;
    shop.write(&product("a", 1), None).await;
    let cache = shop.process(None);
    let ids = [id("a"), id("none")];
    assert_eq!(summary(&cache.recent(&ids).await.expect("read")), (vec!["a of 1"], [0, 0, 2]));
    shop.write(&product("a", 2), Some(1)).await;
    assert_eq!(summary(&cache.recent(&ids).await.expect("read")), (vec!["a of 1"], [2, 0, 0]));
    // product pages do not use the memory of lists
    assert_eq!(summary(&cache.current(&ids).await.expect("read")), (vec!["a of 2"], [0, 0, 2]));
    shop.clock.advance_seconds(3);
    assert_eq!(summary(&cache.recent(&ids).await.expect("read")), (vec!["a of 2"], [0, 0, 2]));
}

#[tokio::test]
async fn processes_share_products_and_absences() {
    let Some(url) = redis_url() else { return };
    let shop = Shop::open().await;
    shop.write(&product("a", 1), None).await;
    let ids = [id("a"), id("none")];
    assert_eq!(summary(&shop.process(Some(&url)).current(&ids).await.expect("read")), (vec!["a of 1"], [0, 0, 2]));
    assert_eq!(summary(&shop.process(Some(&url)).current(&ids).await.expect("read")), (vec!["a of 1"], [0, 2, 0]));
    let mut redis = redis::Client::open(url).expect("a url").get_connection().expect("a connection");
    let mut ttl = |name| redis::cmd("PTTL").arg(shop.key(name)).query::<i64>(&mut redis).expect("a time");
    let (kept, absent) = (ttl("a"), ttl("none"));
    assert!((235_000..=300_000).contains(&kept) && (1..=10_000).contains(&absent), "{kept} {absent}");
}

#[tokio::test]
async fn a_change_replaces_cached_products_and_is_only_noted_for_others() {
    let Some(url) = redis_url() else { return };
    let shop = Shop::open().await;
    let cache = shop.process(Some(&url));
    for name in ["read", "unread"] {
        shop.write(&product(name, 5), None).await;
    }
    cache.current(&[id("read")]).await.expect("read");
    let changed = [product("read", 6), product("unread", 6)];
    for product in &changed {
        shop.write(product, Some(5)).await;
    }
    let states = changed.iter().map(|product| (&product.product_id, Some(product)));
    cache.changed(states, shop.clock.now()).await.expect("stored");
    assert_eq!(summary(&cache.current(&[id("read")]).await.expect("read")), (vec!["read of 6"], [0, 1, 0]));
    assert_eq!(summary(&cache.current(&[id("unread")]).await.expect("read")), (vec!["unread of 6"], [0, 0, 1]));
    assert_eq!(summary(&cache.current(&[id("unread")]).await.expect("read")), (vec!["unread of 6"], [0, 1, 0]));
}

#[tokio::test]
async fn an_older_document_never_covers_a_newer_one() {
    let Some(url) = redis_url() else { return };
    let shop = Shop::open().await;
    let (cache, now) = (shop.process(Some(&url)), shop.clock.now());
    shop.write(&product("a", 1), None).await;
    // The change is written before a reader with a stale replica stores what it read.
    let newer = product("a", 2);
    cache.changed([(&newer.product_id, Some(&newer))], now).await.expect("stored");
    for _ in 0..2 {
        assert_eq!(summary(&cache.current(&[id("a")]).await.expect("read")), (vec!["a of 1"], [0, 0, 1]), "not kept");
    }
    shop.write(&newer, Some(1)).await;
    cache.current(&[id("a")]).await.expect("read");
    // Records that come late or twice change nothing.
    let older = product("a", 1);
    for late in [&older, &newer] {
        cache.changed([(&late.product_id, Some(late))], now).await.expect("stored");
        assert_eq!(summary(&cache.current(&[id("a")]).await.expect("read")), (vec!["a of 2"], [0, 1, 0]));
    }
}

#[tokio::test]
async fn a_deleted_product_stays_deleted_and_may_come_back() {
    let Some(url) = redis_url() else { return };
    let shop = Shop::open().await;
    let cache = shop.process(Some(&url));
    let now = shop.clock.now().as_millis();
    let first = product("a", now - 10);
    shop.write(&first, None).await;
    cache.current(&[id("a")]).await.expect("read");
    shop.products.delete(&id("a")).await.expect("deleted");
    cache.changed([(&first.product_id, None)], shop.clock.now()).await.expect("stored");
    cache.changed([(&first.product_id, Some(&first))], shop.clock.now()).await.expect("stored"); // late
    assert_eq!(summary(&cache.current(&[id("a")]).await.expect("read")), (vec![], [0, 1, 0]));
    let again = product("a", now + 10);
    shop.write(&again, None).await;
    cache.changed([(&again.product_id, Some(&again))], shop.clock.now()).await.expect("stored");
    let expected = format!("a of {}", now + 10);
    assert_eq!(summary(&cache.current(&[id("a")]).await.expect("read")), (vec![expected.as_str()], [0, 1, 0]));
}

#[tokio::test]
async fn concurrent_readers_read_once() {
    let shop = Shop::open().await;
    shop.write(&product("a", 1), None).await;
    let (cache, ids) = (shop.process(None), [id("a"), id("none")]);
    let found = join_all((0..50).map(|_| cache.current(&ids))).await;
    let found: Vec<_> = found.into_iter().map(|found| found.expect("read")).collect();
    assert!(found.iter().all(|found| summary(found).0 == ["a of 1"]));
    assert_eq!(found.iter().map(|found| found.lookups.table).sum::<u32>(), 2);
}

#[tokio::test]
async fn an_unreadable_entry_is_read_from_the_table_and_replaced() {
    let Some(url) = redis_url() else { return };
    let shop = Shop::open().await;
    shop.write(&product("a", 3), None).await;
    let mut redis = redis::Client::open(url.as_str()).expect("a url").get_connection().expect("a connection");
    let cache = shop.process(Some(&url));
    for garbage in ["", "P", "P1", "P2\n{\"product_id\":1}", "Q9\n", "no"] {
        redis::cmd("SET").arg(shop.key("a")).arg(garbage).exec(&mut redis).expect("written");
        assert_eq!(summary(&cache.current(&[id("a")]).await.expect("read")), (vec!["a of 3"], [0, 0, 1]), "{garbage}");
        assert_eq!(summary(&cache.current(&[id("a")]).await.expect("read")), (vec!["a of 3"], [0, 1, 0]), "{garbage}");
    }
}

#[tokio::test]
async fn many_products_are_looked_up_at_once() {
    let Some(url) = redis_url() else { return };
    let shop = Shop::open().await;
    let ids: Vec<_> = (0..250).map(|n| id(&format!("p-{n}"))).collect();
    for n in 0..250 {
        shop.write(&product(&format!("p-{n}"), 1), None).await;
    }
    let cache = shop.process(Some(&url));
    assert_eq!(cache.current(&ids).await.expect("read").lookups.table, 250);
    let again = cache.current(&ids).await.expect("read");
    assert_eq!((again.products.len(), again.lookups.shared), (250, 250));
}
