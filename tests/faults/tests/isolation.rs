//! Checkout beside a flood while search hangs, in a model of Lambda's concurrency: the account's quota, what template.yaml
//! reserves of it, sandboxes that start cold, and the circuit breaker of each sandbox that searches. Time is simulated.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::{Duration, Instant};

use serde_yaml_ng::Value;
use souk_domain::circuit_breaker::CircuitBreaker;
use souk_domain::effects::Random;
use souk_testkit::SeededRandom;

const TEMPLATE: &str = include_str!("../../../template.yaml");

/// Nanoseconds since the start.
type Nanos = u64;
const MILLI: Nanos = 1_000_000;
const SECOND: Nanos = 1_000 * MILLI;
/// What a new sandbox needs before it serves its first call.
const COLD_START: Nanos = 300 * MILLI;
/// `SearchTimeoutMs`.
const SEARCH_TIMEOUT: Nanos = 500 * MILLI;
/// When the flood begins, and when the measurement does.
const FLOOD_FROM: Nanos = 2 * SECOND;
const MEASURE_FROM: Nanos = 3 * SECOND;

/// The functions of a checkout, each with its usual time. The authorizer's answer for the cart is cached for place-order.
const CHECKOUT: [(&str, Nanos); 5] = [
    ("TokenAuthorizer", 8 * MILLI),
    ("AddCartItem", 30 * MILLI),
    ("PlaceOrder", 90 * MILLI),
    ("SessionAuthorizer", 12 * MILLI),
    ("PayOrder", 400 * MILLI),
];
/// A list: with its search, or degraded.
const SEARCH: (&str, Nanos) = ("ListProducts", 40 * MILLI);
/// A product page of a slow shop.
const BROWSE: (&str, Nanos) = ("GetProduct", 200 * MILLI);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A request of this kind arrives.
    Arrival(Kind),
    /// A step of a checkout ends, in this sandbox.
    Step { checkout: usize, step: usize, sandbox: usize },
    /// A call of the flood ends.
    Done { function: usize, sandbox: usize, searched: bool },
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Checkout,
    Search,
    Browse,
}

/// A function and its sandboxes.
struct Function {
    name: &'static str,
    /// Reserved executions; `None` shares the unreserved ones.
    reserved: Option<u64>,
    running: u64,
    idle: Vec<usize>,
    sandboxes: usize,
}

struct Checkout {
    began: Nanos,
    times: [Nanos; CHECKOUT.len()],
}

/// An account and what happens in it.
struct Model {
    functions: Vec<Function>,
    unreserved: u64,
    unreserved_running: u64,
    /// One of each sandbox of the function that searches.
    breakers: Vec<CircuitBreaker>,
    queue: BinaryHeap<Reverse<(Nanos, u64, Event)>>,
    sequence: u64,
    now: Nanos,
    epoch: Instant,
    /// Apart, so that checkouts are the same with and without a flood.
    shoppers: SeededRandom,
    flood: SeededRandom,
    checkouts: Vec<Checkout>,
    outcome: Outcome,
}

#[derive(Default)]
struct Outcome {
    begun: u64,
    times: Vec<Nanos>,
    searches_sent: u64,
}

/// The parameters of a run.
#[derive(Clone, Copy)]
struct Run {
    /// The account's quota, as in `AccountConcurrency`.
    size: u64,
    is_flooded: bool,
    /// Whether what template.yaml says is reserved.
    is_reserved: bool,
    until: Nanos,
}

/// What template.yaml reserves in an account of this size.
fn reservations(size: u64) -> BTreeMap<String, u64> {
    let template: Value = serde_yaml_ng::from_str(TEMPLATE).expect("template.yaml is YAML");
    let numbers = template["Mappings"]["Concurrency"][size.to_string().as_str()].as_mapping().expect("numbers").clone();
    let is_function = |name: &str| !template["Resources"][format!("{name}Function").as_str()].is_null();
    let numbers = numbers.into_iter().filter_map(|(name, number)| Some((name.as_str()?.to_owned(), number.as_u64()?)));
    numbers.filter(|(name, _)| is_function(name)).collect()
}

impl Run {
    fn outcome(self) -> Outcome {
        let reserved = if self.is_reserved { reservations(self.size) } else { BTreeMap::new() };
        let names = CHECKOUT.iter().map(|(name, _)| *name).chain([SEARCH.0, BROWSE.0]);
        let functions = names.map(|name| {
            let reserved = reserved.get(name).copied();
            Function { name, reserved, running: 0, idle: Vec::new(), sandboxes: 0 }
        });
        let mut model = Model {
            functions: functions.collect(),
            unreserved: self.size - reserved.values().sum::<u64>(),
            unreserved_running: 0,
            breakers: Vec::new(),
            queue: BinaryHeap::new(),
            sequence: 0,
            now: 0,
            epoch: Instant::now(),
            shoppers: SeededRandom::new(1),
            flood: SeededRandom::new(2),
            checkouts: Vec::new(),
            outcome: Outcome::default(),
        };
        model.at(0, Event::Arrival(Kind::Checkout));
        if self.is_flooded {
            model.at(FLOOD_FROM, Event::Arrival(Kind::Search));
            model.at(FLOOD_FROM, Event::Arrival(Kind::Browse));
        }
        model.run(self);
        model.outcome.times.sort_unstable();
        model.outcome
    }

    /// Arrivals a second: 150 checkouts and 1,000 searches for each thousand of the quota, and three times as many product
    /// pages as the whole account could serve.
    const fn rate(self, kind: Kind) -> u64 {
        match kind {
            Kind::Checkout => self.size * 150 / 1_000,
            Kind::Search => self.size,
            Kind::Browse => 3 * self.size * SECOND / BROWSE.1,
        }
    }
}

impl Model {
    fn at(&mut self, time: Nanos, event: Event) {
        self.sequence += 1;
        self.queue.push(Reverse((time, self.sequence, event)));
    }

    fn run(&mut self, run: Run) {
        while let Some(Reverse((time, _, event))) = self.queue.pop() {
            self.now = time;
            match event {
                // The flood outlasts the last checkout.
                Event::Arrival(Kind::Checkout) if time >= run.until - SECOND => {}
                Event::Arrival(kind) if time < run.until => self.arrive(kind, run.rate(kind)),
                Event::Arrival(_) => {}
                Event::Step { checkout, step, sandbox } => {
                    self.release(step, sandbox);
                    self.step(checkout, step + 1);
                }
                Event::Done { function, sandbox, searched } => {
                    if searched {
                        let now = self.epoch + Duration::from_nanos(self.now);
                        self.breakers[sandbox].record_failure(now);
                    }
                    self.release(function, sandbox);
                }
            }
        }
    }

    fn arrive(&mut self, kind: Kind, rate: u64) {
        let random = if kind == Kind::Checkout { &self.shoppers } else { &self.flood };
        let next = self.now + random.below(2 * SECOND / rate) + 1;
        self.at(next, Event::Arrival(kind));
        match kind {
            Kind::Checkout => {
                let times = CHECKOUT.map(|(_, usual)| jittered(usual, &self.shoppers));
                self.checkouts.push(Checkout { began: self.now, times });
                if self.now >= MEASURE_FROM {
                    self.outcome.begun += 1;
                }
                self.step(self.checkouts.len() - 1, 0);
            }
            Kind::Search => self.flood(CHECKOUT.len(), SEARCH.1),
            Kind::Browse => self.flood(CHECKOUT.len() + 1, BROWSE.1),
        }
    }

    /// The next step of a checkout. One that is refused ends the checkout.
    fn step(&mut self, checkout: usize, step: usize) {
        let Checkout { began, times } = &self.checkouts[checkout];
        let (began, time) = (*began, times.get(step).copied());
        let Some(time) = time else {
            if began >= MEASURE_FROM {
                self.outcome.times.push(self.now - began);
            }
            return;
        };
        if let Some((sandbox, cold)) = self.acquire(step) {
            self.at(self.now + cold + time, Event::Step { checkout, step, sandbox });
        }
    }

    /// A call of the flood. Its search hangs until the time-out, unless the circuit breaker spares it the wait.
    fn flood(&mut self, function: usize, usual: Nanos) {
        let mut time = jittered(usual, &self.flood);
        let Some((sandbox, cold)) = self.acquire(function) else { return };
        let mut searched = false;
        if self.functions[function].name == SEARCH.0 {
            while self.breakers.len() <= sandbox {
                self.breakers.push(CircuitBreaker::seeded(self.flood.below(u64::MAX)));
            }
            let now = self.epoch + Duration::from_nanos(self.now + cold);
            searched = self.breakers[sandbox].allows_call(now);
        }
        if searched {
            self.outcome.searches_sent += 1;
            time += SEARCH_TIMEOUT;
        }
        self.at(self.now + cold + time, Event::Done { function, sandbox, searched });
    }

    /// A sandbox, and the time that it needs to start. `None` if Lambda refuses the call.
    fn acquire(&mut self, function: usize) -> Option<(usize, Nanos)> {
        let called = &mut self.functions[function];
        match called.reserved {
            Some(reserved) if called.running >= reserved => return None,
            None if self.unreserved_running >= self.unreserved => return None,
            Some(_) => {}
            None => self.unreserved_running += 1,
        }
        called.running += 1;
        if let Some(sandbox) = called.idle.pop() {
            return Some((sandbox, 0));
        }
        called.sandboxes += 1;
        Some((called.sandboxes - 1, COLD_START))
    }

    fn release(&mut self, function: usize, sandbox: usize) {
        let called = &mut self.functions[function];
        called.running -= 1;
        called.idle.push(sandbox);
        if called.reserved.is_none() {
            self.unreserved_running -= 1;
        }
    }
}

/// A quarter more or less.
fn jittered(usual: Nanos, random: &SeededRandom) -> Nanos {
    usual * 3 / 4 + random.below(usual / 2)
}

impl Outcome {
    fn percent_placed(&self) -> u64 {
        u64::try_from(self.times.len()).expect("a count") * 100 / self.begun
    }

    fn p99(&self) -> Nanos {
        self.times[(self.times.len() - 1) * 99 / 100]
    }
}

/// A flooded shop compared with an idle one.
fn assert_isolated(size: u64, until: Nanos) {
    let run = Run { size, is_flooded: false, is_reserved: true, until };
    let (idle, flooded) = (run.outcome(), Run { is_flooded: true, ..run }.outcome());
    eprintln!(
        "{size}: idle {} % p99 {} ms, flooded {} % p99 {} ms, {} searches sent",
        idle.percent_placed(),
        idle.p99() / MILLI,
        flooded.percent_placed(),
        flooded.p99() / MILLI,
        flooded.searches_sent
    );
    assert!(idle.begun > 100 && idle.percent_placed() >= 99, "{} of {}", idle.times.len(), idle.begun);
    assert!(flooded.percent_placed() * 10 >= idle.percent_placed() * 9, "{} %", flooded.percent_placed());
    assert!(flooded.p99() * 10 <= idle.p99() * 11, "{} ms", flooded.p99() / MILLI);
}

#[test]
fn checkout_in_an_account_of_a_thousand_does_not_notice_a_flood_while_search_hangs() {
    assert_isolated(1_000, 8 * SECOND);
}

#[test]
fn checkout_in_an_account_of_ten_thousand_does_not_notice_a_flood_while_search_hangs() {
    assert_isolated(10_000, 5 * SECOND);
}

/// The model can fail: without reservations the same flood stops checkout.
#[test]
fn without_reservations_the_flood_stops_checkout() {
    let run = Run { size: 1_000, is_flooded: true, is_reserved: false, until: 8 * SECOND };
    let outcome = run.outcome();
    assert!(outcome.percent_placed() < 50, "{} %", outcome.percent_placed());
}
