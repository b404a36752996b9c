//! OpenSearch is killed in the middle of imports and of a reindex, and loses its data. Shoppers get what is promised
//! meanwhile, and afterwards the index holds what the products table holds: `compare-index` finds no difference.
//!
//! On a stack of its own: `cargo xtask test --stage search`.

mod node;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use souk_e2e::{Json, Shop, at_once, eventually, say, unique_word};

use crate::node::Node;

/// Chunks of an import, and lines of each.
const CHUNKS: usize = 60;
const CHUNK_LINES: usize = 100;
/// Chunks under way at once.
const IN_FLIGHT: usize = 2;
/// How long OpenSearch stays away from a reindex, beside its start: longer than a write is retried.
const AWAY: Duration = Duration::from_secs(8);
/// The longest that a request may take while OpenSearch is away. The shop gives up a search after 1.5 s; this guards against
/// a request that waits until API Gateway ends it after 30 s, and leaves the rest to a slow machine.
const LATEST: Duration = Duration::from_secs(15);
/// How long the shop may take to search again once OpenSearch does. It tries once a second; wide, against never.
const RECOVERY_SECONDS: u64 = 120;
/// How long the stream may take to deliver all that is waiting. Wide, against never.
const DRAIN_SECONDS: u64 = 1_200;
/// How long a reindex may take, outages included. Wide, against never.
const REINDEX_SECONDS: u64 = 900;

/// The products of this test.
struct Goods {
    shop: &'static Shop,
    word: String,
}

#[test]
#[ignore = "needs a stack of its own: cargo xtask test --stage search"]
fn an_index_that_is_killed_and_lost_comes_back_whole() {
    let shop = Shop::open();
    let (node, goods) = (Node::of(shop), Goods { shop, word: unique_word() });
    let killed_while_importing = import_under_fire(&goods, &node);
    assert_same(shop, CHUNKS * CHUNK_LINES);
    say(&format!(
        "{} products imported, OpenSearch killed twice meanwhile: {killed_while_importing}",
        CHUNKS * CHUNK_LINES
    ));

    let runs = reindex_under_fire(&goods, &node);
    assert_same(shop, CHUNKS * CHUNK_LINES);
    assert_eq!(indices(shop).len(), 1, "{:?}", indices(shop));
    say(&format!("reindex ended in its run {runs}, OpenSearch killed and {CHANGES} products changed meanwhile"));

    node.kill();
    node.lose_data();
    node.start_again();
    let runs = reindex(shop);
    assert_same(shop, CHUNKS * CHUNK_LINES);
    say(&format!("an OpenSearch that had lost all was filled again in {runs} runs"));
}

/// Imports while OpenSearch is killed at a third and at two thirds; says how long it was away.
fn import_under_fire(goods: &Goods, node: &Node) -> String {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let reached = |chunks: usize| {
        eventually(DRAIN_SECONDS, "the import goes on", || (done.load(Ordering::Relaxed) >= chunks).then_some(()));
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            at_once(IN_FLIGHT, |_| {
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
            let slowest = goods.is_sold_without_search();
            node.start_again();
            let away = began.elapsed();
            let recovery = goods.is_searched_again();
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

/// Products that change while the index is filled: given another price, deleted, or new, in turns.
const CHANGES: usize = 60;

/// Fills a new index while products change, kills OpenSearch in the middle, and returns how many runs it took.
fn reindex_under_fire(goods: &Goods, node: &Node) -> usize {
    let begun = goods.shop.invoke("reindex", &json!({"seconds": 0}));
    assert_eq!((begun.text("done"), indices(goods.shop).len()), ("false".to_owned(), 2), "{begun}");
    thread::scope(|scope| {
        scope.spawn(|| (0..CHANGES).for_each(|number| goods.change(number)));
        let runs = scope.spawn(|| reindex(goods.shop));
        let copied = begun_to_copy(goods.shop);
        node.kill();
        say(&format!("OpenSearch was killed when the new index had {copied} products"));
        thread::sleep(AWAY);
        node.start_again();
        assert_eq!(indices(goods.shop).len(), 2, "OpenSearch was killed too late");
        runs.join().expect("it ends")
    })
}

/// Waits until the new index has some products, and returns how many.
fn begun_to_copy(shop: &Shop) -> i64 {
    let path = format!("{}/products-next/_stats/indexing", shop.search_url);
    let started = Instant::now();
    loop {
        let (_, stats) = shop.fetch(&path).expect("it runs");
        let copied = Json::parse(&stats).and_then(|stats| stats.at("_all.primaries.indexing.index_total"));
        match copied.and_then(|copied| copied.raw().parse().ok()) {
            Some(copied) if copied > 0 => return copied,
            _ => assert!(started.elapsed() < Duration::from_secs(REINDEX_SECONDS), "nothing is copied"),
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Runs reindex as an operator does, again and again until it is done, and returns how many runs that were.
fn reindex(shop: &Shop) -> usize {
    let mut runs = 0;
    eventually(REINDEX_SECONDS, "reindex is done", || {
        runs += 1;
        let report = shop.try_invoke("reindex", &json!({"seconds": 20})).ok()?; // no answer while OpenSearch is away
        assert_eq!(report.whole("set_aside"), 0, "{report}");
        (report.text("done") == "true").then_some(runs)
    })
}

/// Waits until the index holds what the table holds.
fn assert_same(shop: &Shop, at_least: usize) {
    let same = || {
        let (mut next, mut compared) = (Json::parse("null")?, 0);
        loop {
            let order = format!(r#"{{"seconds": 60, "next": {}}}"#, next.raw());
            let found = shop.try_invoke("compare-index", &serde_json::from_str(&order).ok()?).ok()?;
            compared += usize::try_from(found.whole("compared")).ok()?;
            for kind in ["missing", "different", "surplus"] {
                let products = found.list(kind);
                if !products.is_empty() {
                    say(&format!("not yet the same: {} {kind}, such as {}", products.len(), products[0].raw()));
                    return None;
                }
            }
            next = found.at("next")?;
            if next.raw() == "null" {
                return (compared >= at_least).then_some(());
            }
        }
    };
    eventually(DRAIN_SECONDS, "the index is what the table is", same);
}

/// All indices of products, living or not.
fn indices(shop: &Shop) -> Vec<String> {
    let (status, names) = shop.fetch(&format!("{}/_cat/indices/products*?h=index", shop.search_url)).expect("it runs");
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

    /// Whether shoppers get what is promised while there is no search; returns how long the slowest answer took.
    fn is_sold_without_search(&self) -> Duration {
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
            // Another text each time: what was found a moment ago may be shown again.
            timed(&format!("/products?search=crate+{round}")).is_problem(503, "search_unavailable");
            timed(&format!("/products/suggest?q=cra{round}")).is_problem(503, "search_unavailable");
        }
        assert!(slowest < LATEST, "{slowest:?}");
        slowest
    }

    /// Waits until shoppers find things again; returns how long that took.
    fn is_searched_again(&self) -> Duration {
        let began = Instant::now();
        eventually(RECOVERY_SECONDS, "shoppers search again", || {
            // Texts that nobody has searched for: what was found before is remembered.
            let list = self.shop.anyone().get(&format!("/products?search=crate+{}", unique_word()));
            let suggestions = self.shop.anyone().get(&format!("/products/suggest?q={}", unique_word()));
            (list.status == 200 && suggestions.status == 200).then_some(())
        });
        began.elapsed()
    }
}
