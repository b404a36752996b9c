//! OpenSearch is killed during imports and during a reindex, and loses its data. Meanwhile shoppers get the degraded
//! mode; afterwards the index is equal to the products table: `compare-index` finds no difference.
//!
//! It needs a stack without other tests: `cargo xtask test --stage search`.

mod node;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use souk_e2e::{Json, Shop, concurrently, eventually, print_line, unique_word};

use crate::node::Node;

/// Chunks of an import, and lines of each.
const CHUNKS: usize = 60;
const CHUNK_LINES: usize = 100;
/// Concurrent chunks.
const IN_FLIGHT: usize = 2;
/// How long OpenSearch is down during a reindex, in addition to its start: longer than a write is retried.
const AWAY: Duration = Duration::from_secs(8);
/// Maximum time of a request while OpenSearch is down. The shop gives up a search after 1.5 s; this guards against
/// a request that waits until API Gateway ends it after 30 s, and leaves the rest to a slow machine.
const LATEST: Duration = Duration::from_secs(15);
/// How long the shop may take to search again once OpenSearch does. It tries once a second; the bound is wide.
const RECOVERY_SECONDS: u64 = 120;
/// How long the stream may take to deliver all waiting records. The bound is wide.
const DRAIN_SECONDS: u64 = 1_200;
/// How long a reindex may take, outages included. The bound is wide.
const REINDEX_SECONDS: u64 = 900;

/// The products of this test.
struct Goods {
    shop: &'static Shop,
    word: String,
}

#[test]
#[ignore = "needs a stack of its own: cargo xtask test --stage search"]
fn the_index_is_complete_again_after_outages_and_loss() {
    let shop = Shop::open();
    let (node, goods) = (Node::of(shop), Goods { shop, word: unique_word() });
    let outages = import_during_outages(&goods, &node);
    wait_for_equal_index(shop, CHUNKS * CHUNK_LINES);
    print_line(&format!("{} products imported, OpenSearch killed twice meanwhile: {outages}", CHUNKS * CHUNK_LINES));

    let runs = reindex_during_an_outage(&goods, &node);
    wait_for_equal_index(shop, CHUNKS * CHUNK_LINES);
    assert_eq!(indices(shop).len(), 1, "{:?}", indices(shop));
    print_line(&format!("reindex ended in its run {runs}, OpenSearch killed and {CHANGES} products changed meanwhile"));

    node.kill();
    node.delete_data();
    node.restart();
    let runs = reindex(shop);
    wait_for_equal_index(shop, CHUNKS * CHUNK_LINES);
    print_line(&format!("an OpenSearch that had lost all was filled again in {runs} runs"));
}

/// Imports while OpenSearch is killed at a third and at two thirds; returns a description of the outages.
fn import_during_outages(goods: &Goods, node: &Node) -> String {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let reached = |chunks: usize| {
        eventually(DRAIN_SECONDS, "the import goes on", || (done.load(Ordering::Relaxed) >= chunks).then_some(()));
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            concurrently(IN_FLIGHT, |_| {
                while let Some(chunk) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|chunk| *chunk < CHUNKS) {
                    goods.import(chunk, "1.00");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        });
        let outage = |chunks| {
            reached(chunks);
            let began = Instant::now();
            node.kill();
            let slowest = goods.assert_degraded_mode();
            node.restart();
            let away = began.elapsed();
            let recovery = goods.wait_for_search();
            format!(
                "away {} s, slowest answer {} ms, searched again after {} ms",
                away.as_secs(),
                slowest.as_millis(),
                recovery.as_millis()
            )
        };
        let outages = [CHUNKS / 3, CHUNKS * 2 / 3].map(outage);
        reached(CHUNKS);
        outages.join("; ")
    })
}

/// Changes while the index is filled: a new price, a deletion, a new product, in turns.
const CHANGES: usize = 60;

/// Fills a new index while products change and OpenSearch is killed, and returns the number of runs.
fn reindex_during_an_outage(goods: &Goods, node: &Node) -> usize {
    let begun = goods.shop.invoke("reindex", &reindex_command(0));
    assert_eq!((begun.text("done"), indices(goods.shop).len()), ("false".to_owned(), 2), "{begun}");
    thread::scope(|scope| {
        scope.spawn(|| (0..CHANGES).for_each(|number| goods.change(number)));
        let runs = scope.spawn(|| reindex(goods.shop));
        let copied = begun_to_copy(goods.shop);
        node.kill();
        print_line(&format!("OpenSearch was killed when the new index had {copied} products"));
        thread::sleep(AWAY);
        node.restart();
        assert_eq!(indices(goods.shop).len(), 2, "OpenSearch was killed too late");
        runs.join().expect("the reindex thread does not panic")
    })
}

/// Waits until the new index has some products, and returns how many.
fn begun_to_copy(shop: &Shop) -> i64 {
    let path = format!("{}/products-next/_stats/indexing", shop.search_url);
    let started = Instant::now();
    loop {
        let (_, stats) = shop.fetch(&path).expect("OpenSearch runs");
        let copied = Json::parse(&stats).and_then(|stats| stats.at("_all.primaries.indexing.index_total"));
        match copied.and_then(|copied| copied.raw().parse().ok()) {
            Some(copied) if copied > 0 => return copied,
            _ => assert!(started.elapsed() < Duration::from_secs(REINDEX_SECONDS), "nothing is copied"),
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Runs reindex as an operator does until it is done, and returns the number of runs.
fn reindex(shop: &Shop) -> usize {
    let mut runs = 0;
    eventually(REINDEX_SECONDS, "reindex is done", || {
        runs += 1;
        let report = shop.try_invoke("reindex", &reindex_command(20)).ok()?; // no answer while OpenSearch is away
        report.at("set_aside")?; // refused, while OpenSearch starts and still misses shards
        assert_eq!(report.whole("set_aside"), 0, "{report}");
        (report.text("done") == "true").then_some(runs)
    })
}

/// Free storage is not checked: the disk of this machine is not the volume of a domain.
fn reindex_command(seconds: u64) -> Value {
    json!({ "seconds": seconds, "ignore_storage": true })
}

/// Waits until the index is equal to the products table.
fn wait_for_equal_index(shop: &Shop, at_least: usize) {
    let same = || {
        let (mut next, mut compared) = (Json::parse("null")?, 0);
        loop {
            let order = format!(r#"{{"seconds": 60, "next": {}}}"#, next.raw());
            let found = shop.try_invoke("compare-index", &serde_json::from_str(&order).ok()?).ok()?;
            compared += usize::try_from(found.whole("compared")).ok()?;
            for kind in ["missing", "different", "surplus"] {
                let products = found.list(kind);
                if !products.is_empty() {
                    print_line(&format!("not yet equal: {} {kind}, such as {}", products.len(), products[0].raw()));
                    return None;
                }
            }
            next = found.at("next")?;
            if next.raw() == "null" {
                return (compared >= at_least).then_some(());
            }
        }
    };
    eventually(DRAIN_SECONDS, "the index is equal to the table", same);
}

/// All product indices, with or without the alias.
fn indices(shop: &Shop) -> Vec<String> {
    let (status, names) =
        shop.fetch(&format!("{}/_cat/indices/products*?h=index", shop.search_url)).expect("OpenSearch runs");
    assert_eq!(status, 200, "{names}");
    names.lines().map(|name| name.trim().to_owned()).collect()
}

impl Goods {
    fn product_id(&self, number: usize) -> String {
        format!("{}-{number:05}", self.word)
    }

    fn line(&self, number: usize, price: &str) -> String {
        let id = self.product_id(number);
        format!(
            r#"{{"sku": "{id}", "name": "Crate {number}", "price": {price}, "available": 3, "category": ["Outage", "{}"]}}"#,
            self.word
        )
    }

    fn import(&self, chunk: usize, price: &str) {
        let lines = (chunk * CHUNK_LINES..(chunk + 1) * CHUNK_LINES).map(|number| self.line(number, price));
        let body = lines.collect::<Vec<_>>().join("\n");
        let call = self.shop.staff().call("POST", "/admin/imports").body("application/x-ndjson", body);
        assert_eq!(usize::try_from(call.send().is(200).whole("imported")), Ok(CHUNK_LINES));
    }

    fn change(&self, number: usize) {
        let staff = self.shop.staff();
        match number % 3 {
            0 => {
                let answer = staff.put(
                    &format!("/admin/products/{}", self.product_id(number)),
                    self.line(number, "2.00").replace(r#""available": 3, "#, ""),
                );
                answer.is(200);
            }
            1 => assert_eq!(staff.delete(&format!("/admin/products/{}", self.product_id(number))).status, 204),
            _ => {
                let line = self.line(CHUNKS * CHUNK_LINES + number, "3.00");
                let call = staff.call("POST", "/admin/imports").body("application/x-ndjson", line);
                assert_eq!(call.send().is(200).whole("imported"), 1);
            }
        }
    }

    /// Asserts the degraded mode and returns the time of the slowest request.
    fn assert_degraded_mode(&self) -> Duration {
        let category = format!("/products?category_id=outage.{}", self.word);
        let page = format!("/products/{}", self.product_id(0));
        let mut slowest = Duration::ZERO;
        let mut timed = |path: &str| {
            let began = Instant::now();
            let answer = self.shop.anyone().call("GET", path).send_once();
            slowest = slowest.max(began.elapsed());
            answer
        };
        for round in 0..5 {
            let list = timed(&category).is(200);
            assert_eq!((list.text("degraded"), list.list("products").is_empty()), ("true".to_owned(), false), "{list}");
            assert_eq!(timed(&page).is(200).text("id"), self.product_id(0));
            // A new text each time, because earlier results are cached.
            timed(&format!("/products?search=crate+{round}")).is_problem(503, "search_unavailable");
            timed(&format!("/products/suggest?q=cra{round}")).is_problem(503, "search_unavailable");
        }
        assert!(slowest < LATEST, "{slowest:?}");
        slowest
    }

    /// Waits until search works again; returns how long that took.
    fn wait_for_search(&self) -> Duration {
        let began = Instant::now();
        eventually(RECOVERY_SECONDS, "shoppers search again", || {
            // New search texts, because earlier results are cached.
            let list = self.shop.anyone().get(&format!("/products?search=crate+{}", unique_word()));
            let suggestions = self.shop.anyone().get(&format!("/products/suggest?q={}", unique_word()));
            (list.status == 200 && suggestions.status == 200).then_some(())
        });
        began.elapsed()
    }
}
