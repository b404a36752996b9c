//! Response times do not reveal whether an address has an account: a log-in and a registration take as long for a known
//! address as for an unknown one.
//!
//! Known and unknown addresses alternate, so that other load on the machine slows both down.

use std::time::{Duration, Instant};

use souk_e2e::{Shop, fresh_email, print_line};

use crate::people::{OTHER_PASSWORD, log_in, with_password};

/// Calls of each kind in the drill.
const CALLS: usize = 40;
/// Calls of each kind in the small version.
const FEW_CALLS: usize = 12;
/// Attempts of the small version: other tests run at the same time.
const ATTEMPTS: usize = 3;
/// Calls for one address: fewer than its limit.
const CALLS_FOR_ADDRESS: usize = 10;

/// Sorted times of calls with known and with unknown addresses.
struct Times {
    known: Vec<Duration>,
    unknown: Vec<Duration>,
}

impl Times {
    fn measure(shop: &'static Shop, calls: usize, call: impl Fn(&str)) -> Self {
        let accounts: Vec<String> = (0..calls.div_ceil(CALLS_FOR_ADDRESS)).map(|_| shop.verified().email).collect();
        let time = |email: &str| {
            let started = Instant::now();
            call(email);
            started.elapsed()
        };
        time(&fresh_email()); // starts the function
        let mut times = Self { known: Vec::new(), unknown: Vec::new() };
        for number in 0..calls {
            let known = &accounts[number / CALLS_FOR_ADDRESS];
            let unknown = fresh_email();
            // Neither kind is always the first of a pair.
            if number % 2 == 0 {
                times.known.push(time(known));
                times.unknown.push(time(&unknown));
            } else {
                times.unknown.push(time(&unknown));
                times.known.push(time(known));
            }
        }
        times.known.sort_unstable();
        times.unknown.sort_unstable();
        times
    }

    fn print(&self, what: &str) {
        for (name, times) in [("known", &self.known), ("unknown", &self.unknown)] {
            let [first, median, third] = [1, 2, 3].map(|part| quartile(times, part).as_millis());
            print_line(&format!("{what:<13} {name:<8} quartiles {first:5} {median:5} {third:5} ms"));
        }
    }
}

/// The first, second or third quartile of sorted times.
fn quartile(sorted: &[Duration], part: usize) -> Duration {
    sorted[(sorted.len() - 1) * part / 4]
}

fn spread(sorted: &[Duration]) -> Duration {
    quartile(sorted, 3).saturating_sub(quartile(sorted, 1))
}

fn log_ins(shop: &'static Shop, calls: usize) -> Times {
    Times::measure(shop, calls, |email| {
        log_in(shop, email, OTHER_PASSWORD).is_problem(401, "invalid_credentials");
    })
}

fn registrations(shop: &'static Shop, calls: usize) -> Times {
    Times::measure(shop, calls, |email| {
        shop.anyone().post("/auth/register", with_password(email, OTHER_PASSWORD)).is(201);
    })
}

/// Alone and at a quiet moment: `cargo test -p souk-e2e --test identity -- --ignored --test-threads 1 timing`.
#[test]
#[ignore = "a drill: other work on the machine disturbs it"]
fn medians_of_known_and_unknown_addresses_differ_by_less_than_their_spread() {
    let shop = Shop::open();
    for (what, times) in [("log-ins", log_ins(shop, CALLS)), ("registrations", registrations(shop, CALLS))] {
        times.print(what);
        let difference = quartile(&times.known, 2).abs_diff(quartile(&times.unknown, 2));
        let tolerance = spread(&times.known).max(spread(&times.unknown));
        print_line(&format!("{what:<13} medians differ by {difference:.1?}, the larger spread is {tolerance:.1?}"));
        assert!(difference < tolerance, "{what}: {difference:?} of {tolerance:?}");
    }
}

/// The fastest quarter of the calls was disturbed least. Without a hash of the password for an unknown address, its
/// calls would take a small part of the time, in each attempt.
#[test]
fn the_fastest_calls_for_known_and_unknown_addresses_take_about_as_long() {
    let shop = Shop::open();
    for (what, measure) in [("log-ins", log_ins as fn(_, _) -> _), ("registrations", registrations)] {
        let is_alike = (0..ATTEMPTS).any(|_| {
            let times = measure(shop, FEW_CALLS);
            let (known, unknown) = (quartile(&times.known, 1), quartile(&times.unknown, 1));
            print_line(&format!("{what}: the fastest take {known:.1?} for known, {unknown:.1?} for unknown addresses"));
            known < unknown * 2 && unknown < known * 2
        });
        assert!(is_alike, "{what} differ in each of {ATTEMPTS} attempts");
    }
}
