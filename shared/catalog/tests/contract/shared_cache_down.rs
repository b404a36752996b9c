//! While the shared cache does not answer, reads use the table within bounds, and they use the cache again after it
//! recovers.

use std::time::{Duration, Instant};

use souk_cache::{SharedCache, SharedCacheError};
use souk_domain::effects::Clock as _;
use souk_testkit::{Fault, Proxy, SeededRandom};

use crate::fixture::{Shop, id, product, redis_url, summary};

/// How soon a cache is used again after it recovers: it is tried once a second, so the bound is wide.
const BACK_WITHIN: Duration = Duration::from_mins(1);
/// No read may take longer. The cache has 0.25 s; wide, because the table on a slow machine needs time as well, and far
/// below [`SLOW`], which a read without a limit would take.
const LATEST: Duration = Duration::from_secs(10);
/// The delay of a slow answer.
const SLOW: Duration = Duration::from_mins(1);
/// Reads after which the circuit breaker is open.
const UNTIL_OPEN: usize = 3;
/// The fastest read with an open circuit breaker does not wait for the cache. The fastest counts, because other work on
/// this machine only adds time.
const WITHOUT_WAIT: Duration = Duration::from_millis(250);

#[tokio::test]
async fn a_broken_cache_costs_a_bounded_wait_then_none_and_recovers() {
    let Some(url) = redis_url() else { return };
    for fault in [Fault::Refuse, Fault::Hang, Fault::Cut, Fault::Slow(SLOW)] {
        let (shop, proxy) = (Shop::open().await, Proxy::to(&url).await);
        shop.write(&product("a", 1), None).await;
        let cache = shop.process(Some(&format!("redis://{}", proxy.address())));
        cache.current(&[id("a")]).await.expect("read");
        assert_eq!(cache.current(&[id("a")]).await.expect("read").lookups.shared, 1, "{fault:?}");

        proxy.set(fault);
        let mut fastest = LATEST;
        for n in 0..30 {
            let started = Instant::now();
            assert_eq!(
                summary(&cache.current(&[id("a")]).await.expect("read")),
                (vec!["a of 1"], [0, 0, 1]),
                "{fault:?}"
            );
            let took = started.elapsed();
            assert!(took < LATEST, "{fault:?} {n} {took:?}");
            fastest = if n >= UNTIL_OPEN { fastest.min(took) } else { fastest };
        }
        assert!(fastest < WITHOUT_WAIT, "{fault:?} {fastest:?}");

        proxy.set(Fault::None);
        let healed = Instant::now();
        while cache.current(&[id("a")]).await.expect("read").lookups.shared == 0 {
            assert!(healed.elapsed() < BACK_WITHIN, "{fault:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn a_change_that_the_cache_refuses_is_reported() {
    let Some(url) = redis_url() else { return };
    let (shop, proxy) = (Shop::open().await, Proxy::to(&url).await);
    let cache = shop.process(Some(&format!("redis://{}", proxy.address())));
    let changed = product("a", 1);
    proxy.set(Fault::Refuse);
    let refused = cache.changed([(&changed.product_id, Some(&changed))], shop.clock.now()).await;
    assert!(matches!(refused, Err(SharedCacheError::Failed(_))), "{refused:?}");
    let refused = cache.changed([(&changed.product_id, Some(&changed))], shop.clock.now()).await;
    assert!(matches!(refused, Err(SharedCacheError::CircuitOpen)), "{refused:?}");
}

#[tokio::test]
async fn a_closed_idle_connection_is_replaced() {
    let Some(url) = redis_url() else { return };
    let (shop, proxy) = (Shop::open().await, Proxy::to(&url).await);
    shop.write(&product("a", 1), None).await;
    let cache = shop.process(Some(&format!("redis://{}", proxy.address())));
    cache.current(&[id("a")]).await.expect("read");
    for _ in 0..3 {
        proxy.set(Fault::Refuse); // closes what is open
        tokio::time::sleep(Duration::from_millis(50)).await;
        proxy.set(Fault::None);
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(cache.current(&[id("a")]).await.expect("read").lookups.shared, 1);
    }
}

#[test]
fn bad_addresses_are_refused() {
    for url in ["", "127.0.0.1", "http://127.0.0.1", "redis://"] {
        assert!(SharedCache::at(url, "test", &SeededRandom::new(7)).is_err() || url == "redis://", "{url}");
    }
}
