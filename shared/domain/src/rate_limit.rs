//! Rate limits for each caller: token buckets for classes of routes.
//!
//! A bucket is one number, as in the generic cell rate algorithm: the time at which it will be full again. A bucket
//! that is full by now has all its tokens. Each token taken moves that time by the interval of one token.

use std::fmt;
use std::str::FromStr;

use crate::time::MICROS_PER_SECOND;

/// Maximum requests of a rate.
const MAX_REQUESTS: u32 = 100_000;
/// Longest period of a rate: a day.
const MAX_SECONDS: u32 = 86_400;
/// A process leases at most this part of a bucket, so that what 8 processes hold unused is a tenth of it.
const LEASES_OF_A_BUCKET: u32 = 80;

/// A class of routes. The routes of a class share one bucket for each caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RateClass {
    /// Reads that are neither of the two below, also of the caller's own orders and account.
    Browse,
    /// Lists, searches and suggestions.
    Search,
    /// Live stock of several products.
    Stock,
    /// The cart.
    Cart,
    /// Placing and changing orders.
    Order,
    /// Paying.
    Pay,
    /// Guests, registration, log-in, tokens and changes of the account.
    Auth,
    /// Everything for staff.
    Staff,
    /// Events of payment providers.
    Webhook,
}

impl RateClass {
    /// All classes, in the order of their declaration.
    pub const ALL: [Self; 9] = [
        Self::Browse,
        Self::Search,
        Self::Stock,
        Self::Cart,
        Self::Order,
        Self::Pay,
        Self::Auth,
        Self::Staff,
        Self::Webhook,
    ];

    /// Its name in parameters, headers and keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Browse => "browse",
            Self::Search => "search",
            Self::Stock => "stock",
            Self::Cart => "cart",
            Self::Order => "order",
            Self::Pay => "pay",
            Self::Auth => "auth",
            Self::Staff => "staff",
            Self::Webhook => "webhook",
        }
    }

    /// The class of a route, by its method and its path, with or without placeholders.
    pub fn of_route(method: &str, path: &str) -> Self {
        let segments: Vec<_> = path.trim_matches('/').split('/').collect();
        match (method, segments.as_slice()) {
            (_, ["admin", ..]) => Self::Staff,
            (_, ["webhooks", ..]) => Self::Webhook,
            (_, ["cart", ..]) => Self::Cart,
            (_, ["auth", ..] | ["account", "export"]) => Self::Auth,
            ("GET" | "HEAD", ["products"] | ["products", "suggest"]) => Self::Search,
            ("GET" | "HEAD", ["inventory"]) => Self::Stock,
            ("GET" | "HEAD", _) => Self::Browse,
            (_, ["account", ..]) => Self::Auth,
            (_, ["orders", _, "pay"]) => Self::Pay,
            _ => Self::Order,
        }
    }
}

/// How many requests a caller may send in so many seconds, all at once or evenly. Written as `30/60`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    requests: u32,
    seconds: u32,
}

/// Tokens that were taken from a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Grant {
    /// How many; none if the bucket is empty.
    pub tokens: u32,
    /// When the bucket will be full again, in microseconds since the Unix epoch.
    pub full_at: i64,
}

impl Rate {
    /// `None` if a number is zero or too large.
    pub const fn new(requests: u32, seconds: u32) -> Option<Self> {
        if requests == 0 || requests > MAX_REQUESTS || seconds == 0 || seconds > MAX_SECONDS {
            return None;
        }
        Some(Self { requests, seconds })
    }

    /// The tokens of a full bucket.
    pub const fn requests(self) -> u32 {
        self.requests
    }

    /// Seconds in which an empty bucket becomes full.
    pub const fn seconds(self) -> u32 {
        self.seconds
    }

    /// Whether a process admits the first request of a caller before it asks the store. It asks at the second one and
    /// pays for both. So 8 processes admit at most a tenth too much, and most requests of an honest caller cost no write.
    pub const fn trusts_first_request(self) -> bool {
        self.requests >= LEASES_OF_A_BUCKET
    }

    /// Microseconds until the next token, rounded up, so that no bucket fills too early.
    pub const fn interval_micros(self) -> i64 {
        (self.seconds as i64 * MICROS_PER_SECOND - 1) / self.requests as i64 + 1
    }

    /// Microseconds in which an empty bucket becomes full.
    pub const fn capacity_micros(self) -> i64 {
        self.interval_micros() * self.requests as i64
    }

    /// Most tokens that a process takes at once.
    pub const fn largest_lease(self) -> u32 {
        let lease = self.requests / LEASES_OF_A_BUCKET;
        if lease == 0 { 1 } else { lease }
    }

    /// The tokens in a bucket that will be full at that time.
    pub fn available(self, full_at: i64, now: i64) -> u32 {
        let missing = full_at.saturating_sub(now).max(0);
        let left = self.capacity_micros().saturating_sub(missing).max(0) / self.interval_micros();
        u32::try_from(left).unwrap_or(self.requests).min(self.requests)
    }

    /// Takes the wanted tokens, or as many as are available.
    pub fn take(self, full_at: i64, wanted: u32, now: i64) -> Grant {
        let tokens = wanted.min(self.available(full_at, now));
        let from = if tokens == 0 { full_at } else { full_at.max(now) };
        Grant { tokens, full_at: from.saturating_add(self.interval_micros() * i64::from(tokens)) }
    }

    /// Microseconds until an empty bucket has a token.
    pub fn wait_micros(self, full_at: i64, now: i64) -> i64 {
        let oldest_full_at = now.saturating_add(self.capacity_micros() - self.interval_micros());
        full_at.saturating_sub(oldest_full_at).max(0)
    }
}

/// Why a text is not a rate, or not the rates of all classes. It goes to the operator who set it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRates {
    /// An entry that is not a class with a valid rate.
    #[error("{0:?} must be a class and its rate, such as order=30/60, with 1 to 100000 requests in 1 to 86400 seconds")]
    Rate(String),
    /// An unknown class.
    #[error("{0:?} is no class of routes")]
    Class(String),
    /// A class that has two rates.
    #[error("the class {0} has two rates")]
    Repeated(&'static str),
    /// A class without a rate.
    #[error("the class {0} has no rate")]
    Missing(&'static str),
}

/// The rate of each class: `browse=1200/60,search=600/60,…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits([Rate; RateClass::ALL.len()]);

impl RateLimits {
    /// The rate of a class.
    pub const fn of(&self, class: RateClass) -> Rate {
        self.0[class as usize]
    }
}

impl FromStr for RateLimits {
    type Err = InvalidRates;

    fn from_str(text: &str) -> Result<Self, InvalidRates> {
        let mut rates = [None; RateClass::ALL.len()];
        for entry in text.split([',', ' ']).filter(|entry| !entry.is_empty()) {
            let (name, rate) = entry.split_once('=').ok_or_else(|| InvalidRates::Rate(entry.to_owned()))?;
            let class = RateClass::ALL.into_iter().find(|class| class.name() == name);
            let class = class.ok_or_else(|| InvalidRates::Class(name.to_owned()))?;
            let rate = parsed_rate(rate).ok_or_else(|| InvalidRates::Rate(entry.to_owned()))?;
            if rates[class as usize].replace(rate).is_some() {
                return Err(InvalidRates::Repeated(class.name()));
            }
        }
        let mut all = [Rate { requests: 1, seconds: 1 }; RateClass::ALL.len()];
        for class in RateClass::ALL {
            all[class as usize] = rates[class as usize].ok_or(InvalidRates::Missing(class.name()))?;
        }
        Ok(Self(all))
    }
}

fn parsed_rate(text: &str) -> Option<Rate> {
    let (requests, seconds) = text.split_once('/')?;
    Rate::new(requests.parse().ok()?, seconds.parse().ok()?)
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.requests, self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_795_503_420_000_000;

    fn rate(requests: u32, seconds: u32) -> Rate {
        Rate::new(requests, seconds).expect("a rate")
    }

    #[test]
    fn a_full_bucket_gives_its_tokens_and_then_one_for_each_interval() {
        let rate = rate(3, 60);
        let mut full_at = 0;
        for left in [2, 1, 0] {
            let grant = rate.take(full_at, 1, NOW);
            assert_eq!((grant.tokens, rate.available(grant.full_at, NOW)), (1, left));
            full_at = grant.full_at;
        }
        assert_eq!(rate.take(full_at, 1, NOW), Grant { tokens: 0, full_at });
        assert_eq!(rate.wait_micros(full_at, NOW), 20_000_000);
        assert_eq!(rate.take(full_at, 1, NOW + 19_999_999).tokens, 0);
        assert_eq!(rate.take(full_at, 5, NOW + 20_000_000).tokens, 1);
        assert_eq!(rate.take(full_at, 5, NOW + 60_000_000).tokens, 3);
    }

    #[test]
    fn rates_of_all_classes_are_read_or_refused() {
        let text = "browse=1200/60,search=600/60,stock=120/60,cart=120/60,order=100/60,pay=20/60,auth=60/60,staff=600/60,webhook=6000/60";
        let rates: RateLimits = text.parse().expect("rates");
        assert_eq!((rates.of(RateClass::Pay), rates.of(RateClass::Webhook)), (rate(20, 60), rate(6000, 60)));
        let refused = |text: &str| text.parse::<RateLimits>().expect_err("refused");
        assert_eq!(refused(&text.replace(",pay=20/60", "")), InvalidRates::Missing("pay"));
        assert_eq!(refused(&format!("{text} pay=1/1")), InvalidRates::Repeated("pay"));
        assert_eq!(refused("play=20/60"), InvalidRates::Class("play".to_owned()));
        for bad in ["pay", "pay=20", "pay=0/60", "pay=20/0", "pay=-1/60", "pay=100001/60", "pay=1/86401"] {
            assert_eq!(refused(bad), InvalidRates::Rate(bad.to_owned()));
        }
    }

    #[test]
    fn classes_have_names_and_places_of_their_own() {
        let names: std::collections::BTreeSet<_> = RateClass::ALL.iter().map(|class| class.name()).collect();
        assert_eq!(names.len(), RateClass::ALL.len());
        for (place, class) in RateClass::ALL.into_iter().enumerate() {
            assert_eq!(class as usize, place);
        }
    }

    #[test]
    fn routes_have_classes() {
        for (method, path, class) in [
            ("GET", "/products", RateClass::Search),
            ("HEAD", "/products/suggest", RateClass::Search),
            ("GET", "/products/{product_id}", RateClass::Browse),
            ("GET", "/products/a-product", RateClass::Browse),
            ("GET", "/inventory", RateClass::Stock),
            ("PATCH", "/cart/items/{product_id}", RateClass::Cart),
            ("GET", "/cart", RateClass::Cart),
            ("POST", "/orders", RateClass::Order),
            ("POST", "/orders/{order_id}/cancel", RateClass::Order),
            ("POST", "/orders/{order_id}/pay", RateClass::Pay),
            ("GET", "/orders/{order_id}", RateClass::Browse),
            ("POST", "/auth/login", RateClass::Auth),
            ("PUT", "/account/password", RateClass::Auth),
            ("GET", "/account", RateClass::Browse),
            ("GET", "/account/export", RateClass::Auth),
            ("GET", "/admin/orders", RateClass::Staff),
            ("POST", "/webhooks/stripe", RateClass::Webhook),
            ("POST", "/anything/else", RateClass::Order),
        ] {
            assert_eq!(RateClass::of_route(method, path), class, "{method} {path}");
        }
    }

    proptest! {
        #[test]
        fn no_interval_gets_more_than_a_bucket_and_its_refill(
            requests in 1..500_u32,
            seconds in 1..100_u32,
            steps in prop::collection::vec((0..3_000_000_i64, 1..40_u32), 1..200),
        ) {
            let rate = rate(requests, seconds);
            let (mut now, mut full_at, mut taken) = (NOW, 0, Vec::new());
            for (pause, wanted) in steps {
                now += pause;
                let grant = rate.take(full_at, wanted, now);
                prop_assert!(grant.tokens <= wanted);
                full_at = grant.full_at;
                taken.push((now, i64::from(grant.tokens)));
            }
            for (first, (from, _)) in taken.iter().enumerate() {
                let mut sum = 0;
                for (until, tokens) in &taken[first..] {
                    sum += tokens;
                    let refill = (until - from) * i64::from(requests) / (i64::from(seconds) * MICROS_PER_SECOND);
                    prop_assert!(sum <= i64::from(requests) + refill + 1);
                }
            }
        }

        #[test]
        fn after_the_wait_there_is_a_token(
            requests in 1..500_u32,
            seconds in 1..100_u32,
            missing in 0..200_000_000_i64,
        ) {
            let rate = rate(requests, seconds);
            let full_at = NOW + missing.min(rate.capacity_micros());
            let wait = rate.wait_micros(full_at, NOW);
            prop_assert!(rate.take(full_at, 1, NOW + wait).tokens == 1);
            prop_assert!(wait == 0 || rate.take(full_at, 1, NOW + wait - 1).tokens == 0);
        }
    }
}
