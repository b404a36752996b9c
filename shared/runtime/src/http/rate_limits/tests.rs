//! Several processes on one store, and a store that does not answer.

use souk_domain::permission::Permissions;
use souk_store::Table;
use souk_testkit::{Database, FixedClock, SeededRandom, user};

use super::*;
use crate::http::origin::OriginSecrets;
use crate::http::response_cache::ResponseCache;
use crate::http::{Endpoint, Reply, Service};
use crate::stage::Stage;

const RATES: &str = "browse=1200/60,search=600/60,stock=120/60,cart=120/60,order=100/60,pay=20/60,auth=60/60,staff=600/60,webhook=6000/60";

fn rates() -> RateLimits {
    RATES.parse().expect("rates")
}

fn table(database: &Database, name: &str) -> RateStore {
    let random = Arc::new(SeededRandom::new(1));
    RateStore::Table(Limits::new(Table::new(database.client.clone(), database.table(name), random)))
}

/// The Redis of the contract tests, if there is one.
fn cache() -> Option<RateStore> {
    let Ok(url) = std::env::var("SOUK_CONTRACT_REDIS") else {
        eprintln!("skipped: SOUK_CONTRACT_REDIS names no Redis");
        return None;
    };
    let namespace = format!("rate-limits-{}", std::process::id());
    Some(RateStore::Cache(Box::new(SharedCache::at(&url, &namespace, &SeededRandom::new(1)).expect("a url"))))
}

fn limiter(store: RateStore) -> Limiter {
    Limiter::new(rates(), store, "salt", Arc::new(FixedClock::new()), &SeededRandom::new(2))
}

/// A bucket: of a real store, or a number.
enum Bucket<'a> {
    Stored(&'a RateStore),
    Number(i64),
}

/// What a flood got.
#[derive(Debug)]
struct Flood {
    admitted: u32,
    /// Calls of the store.
    asked: u32,
    sent: u32,
}

/// One caller sends `per_second` requests a second, each to a random one of so many processes.
async fn flood(bucket: &mut Bucket<'_>, class: RateClass, processes: usize, per_second: u32, seconds: i64) -> Flood {
    let (rate, random) = (rates().of(class), SeededRandom::new(3));
    let key = format!("flood-{}-{processes}-{per_second}", class.name());
    let mut leases: Vec<_> = (0..processes).map(|_| Leases::default()).collect();
    let mut flood = Flood { admitted: 0, asked: 0, sent: 0 };
    let start = FixedClock::new().now().as_millis() * MICROS_PER_MILLISECOND;
    for number in 0..i64::from(per_second) * seconds {
        let now = start + number * MICROS_PER_SECOND / i64::from(per_second);
        let process = usize::try_from(random.below(u64::try_from(processes).expect("a few"))).expect("an index");
        let outcome = match leases[process].decide(&key, rate, now) {
            LeaseDecision::Decided(outcome) => outcome,
            LeaseDecision::Ask { wanted, known_full_at } => {
                flood.asked += 1;
                let grant = match bucket {
                    Bucket::Stored(store) => store.take(&key, rate, wanted, known_full_at, now).await.expect("a grant"),
                    Bucket::Number(full_at) => {
                        let grant = rate.take(*full_at, wanted, now);
                        *full_at = grant.full_at;
                        grant
                    }
                };
                leases[process].granted(&key, rate, grant, now)
            }
        };
        flood.sent += 1;
        flood.admitted += u32::from(matches!(outcome, RateOutcome::Admitted { .. }));
    }
    flood
}

/// Asserts that the flood got what one exact bucket gives, within so many percent.
fn assert_within(flood: &Flood, class: RateClass, seconds: i64, percent: u32, what: &str) {
    let rate = rates().of(class);
    let refill = i64::from(rate.requests()) * seconds / i64::from(rate.seconds());
    let allowed = flood.sent.min(rate.requests() + u32::try_from(refill).expect("a few"));
    eprintln!(
        "{what}, {}: {} of {} sent, {} allowed, {} calls of the store",
        class.name(),
        flood.admitted,
        flood.sent,
        allowed,
        flood.asked
    );
    let error = flood.admitted.abs_diff(allowed) * 100;
    assert!(error <= allowed * percent, "{what}, {}: {flood:?}, allowed {allowed}", class.name());
}

#[tokio::test]
async fn eight_processes_keep_the_limit_within_a_tenth_on_each_store() {
    let database = Database::start().await;
    let stores = [("table", Some(table(&database, "limits"))), ("cache", cache())];
    for (what, store) in stores.iter().filter_map(|(what, store)| Some((*what, store.as_ref()?))) {
        for (class, per_second) in [(RateClass::Browse, 60), (RateClass::Search, 40), (RateClass::Pay, 5)] {
            let flood = flood(&mut Bucket::Stored(store), class, 8, per_second, 60).await;
            assert_within(&flood, class, 60, 10, what);
        }
    }
}

#[tokio::test]
async fn processes_keep_the_limit_within_a_tenth_and_seldom_ask() {
    for class in RateClass::ALL {
        let per_second = rates().of(class).requests() / 20;
        for processes in [1, 8] {
            let flood = flood(&mut Bucket::Number(0), class, processes, per_second.max(1), 120).await;
            assert_within(&flood, class, 120, 10, &format!("{processes} processes"));
        }
    }
    // A process gives each caller at most one request in a period without asking.
    for processes in [100, 1_000] {
        let flood = flood(&mut Bucket::Number(0), RateClass::Browse, processes, 100, 60).await;
        eprintln!("{processes} processes: {flood:?}");
        let given = u32::try_from(processes).expect("a few");
        assert!(flood.admitted <= 2_400 + given, "{flood:?}");
    }
}

#[tokio::test]
async fn a_shopper_within_the_limit_is_never_refused_by_many_processes() {
    for processes in [1, 8, 100, 1_000] {
        for class in [RateClass::Browse, RateClass::Search] {
            let flood = flood(&mut Bucket::Number(0), class, processes, 5, 120).await;
            assert_eq!(flood.admitted, flood.sent, "{} in {processes} processes", class.name());
        }
    }
}

#[tokio::test]
async fn the_table_grants_what_a_bucket_has() {
    let database = Database::start().await;
    let (store, rate) = (table(&database, "limits"), Rate::new(3, 60).expect("a rate"));
    let now = FixedClock::new().now().as_millis() * MICROS_PER_MILLISECOND;
    let take = async |known, wanted, at| store.take("a", rate, wanted, known, at).await.expect("a grant");
    let first = take(0, 2, now).await;
    assert_eq!(first, Grant { tokens: 2, full_at: now + 40_000_000 });
    // What another process knows is out of date.
    let second = take(0, 2, now).await;
    assert_eq!(second, Grant { tokens: 1, full_at: now + 60_000_000 });
    assert_eq!(take(first.full_at, 1, now).await, Grant { tokens: 0, ..second });
    assert_eq!(take(second.full_at, 1, now + 20_000_000).await, Grant { tokens: 1, full_at: now + 80_000_000 });
    let later = now + 600_000_000;
    assert_eq!(take(second.full_at, 1, later).await, Grant { tokens: 1, full_at: later + 20_000_000 });
}

#[tokio::test]
async fn callers_have_buckets_of_their_own() {
    let database = Database::start().await;
    let limiter = limiter(table(&database, "limits"));
    let pay = || Request::new("POST", "/orders/an-order/pay");
    let code = async |request: Request| limiter.admit("test", &request).await.refusal().map(|problem| problem.code());
    let guest = |n| pay().from_caller(user(n), souk_domain::account::CallerKind::Guest, Permissions::NONE);
    for _ in 0..20 {
        assert_eq!(code(guest(1).from_address("203.0.113.1")).await, None);
    }
    assert_eq!(code(guest(1)).await, Some("rate_limited"), "from any address");
    assert_eq!(code(guest(2)).await, None);
    assert_eq!(code(Request::new("GET", "/cart").from_guest(user(1))).await, None, "another class");
    for n in 0..20 {
        assert_eq!(code(pay().from_address(&format!("2001:db8:1:2::{n}"))).await, None);
    }
    assert_eq!(code(pay().from_address("2001:db8:1:2:ffff::")).await, Some("rate_limited"), "the same network");
    assert_eq!(code(pay().from_address("2001:db8:1:3::")).await, None);
}

#[tokio::test]
async fn headers_say_what_is_left_but_not_in_what_anyone_may_cache() {
    let database = Database::start().await;
    let limiter = limiter(table(&database, "limits"));
    let headers = async |request: Request, cache_control: &'static str| {
        let mut response = Response::new(Body::Empty);
        response.headers_mut().insert("cache-control", HeaderValue::from_static(cache_control));
        limiter.admit("test", &request).await.add_headers(&mut response);
        let text = |name| response.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
        (text("ratelimit-policy").unwrap_or_default(), text("ratelimit").unwrap_or_default())
    };
    let pay = || Request::new("POST", "/orders/1/pay").from_guest(user(1));
    let pay_headers = |limit: &str| ("\"pay\";q=20;w=60".to_owned(), limit.to_owned());
    assert_eq!(headers(pay(), "no-store").await, pay_headers("\"pay\";r=19;t=3"));
    assert_eq!(headers(pay(), "no-store").await, pay_headers("\"pay\";r=18;t=6"));
    assert_eq!(headers(pay(), "public, max-age=1").await, pay_headers(""));
    for _ in 0..17 {
        assert_eq!(limiter.admit("test", &pay()).await.refusal().map(|problem| problem.code()), None);
    }
    assert_eq!(headers(pay(), "no-store").await, pay_headers("\"pay\";r=0;t=3"));
}

#[tokio::test]
async fn without_the_store_requests_pass() {
    let database = Database::start().await;
    let limiter = limiter(table(&database, "no-such-table"));
    for _ in 0..10 {
        assert_eq!(limiter.count(RateClass::Pay, "a").await, RateOutcome::Unavailable);
    }
    let decision = limiter.admit("test", &Request::new("POST", "/orders/1/pay")).await;
    let mut response = Response::new(Body::Empty);
    decision.add_headers(&mut response);
    assert!(decision.refusal().is_none() && response.headers().is_empty());
}

#[tokio::test]
async fn a_shop_without_limits_asks_nothing() {
    let off = Limiter::off();
    assert_eq!(off.count(RateClass::Pay, "a").await, RateOutcome::Off);
    let mut response = Response::new(Body::Empty);
    off.admit("test", &Request::new("GET", "/cart")).await.add_headers(&mut response);
    assert!(response.headers().is_empty());
}

/// Replies that a process may use again.
struct List;

impl Endpoint for List {
    async fn handle(&self, _: &Request) -> Result<Reply, Problem> {
        Ok(Reply::ok(&"a list").cacheable(60).reusable_for(Duration::from_mins(1)))
    }
}

#[tokio::test]
async fn a_refused_request_gets_nothing_not_even_from_the_response_cache() {
    let database = Database::start().await;
    let rates = RATES.replace("browse=1200/60", "browse=2/60").parse().expect("rates");
    let (clock, random) = (Arc::new(FixedClock::new()), SeededRandom::new(2));
    let limiter = Limiter::new(rates, table(&database, "limits"), "salt", clock.clone(), &random);
    let (stage, origin_secrets, cache) = (Stage::Trial, OriginSecrets::default(), ResponseCache::default());
    let service = Service { function: "test", stage, origin_secrets, endpoint: List, limiter, cache, clock };
    for _ in 0..2 {
        let response = service.answer(&Request::new("GET", "/")).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["ratelimit-policy"], "\"browse\";q=2;w=60");
    }
    let refused = service.answer(&Request::new("GET", "/")).await;
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].as_bytes()), (429, b"30".as_slice()));
    assert_eq!(refused.headers()["ratelimit"], "\"browse\";r=0;t=30");
    let body = String::from_utf8(refused.body().to_vec()).expect("text");
    assert!(body.contains("rate_limited") && !body.contains("a list"), "{body}");
}
