//! The card filter of every operation: a card number in any text of a request body is refused and never repeated.

use serde_json::{Value, json};
use souk_e2e::{Caller, Response, Route, Shop, map_concurrently, routes};

/// Spellings of a card number that was never issued.
const CARDS: [&str; 4] = [
    "4242424242424242",
    "4242_4242_4242_4242",
    "4242\u{2009}4242\u{2009}4242\u{2009}4242",
    "\u{ff14}\u{ff12}\u{ff14}\u{ff12}/42424242/4242",
];
const UNKNOWN_ID: &str = "01a20c57-f260-7c55-a1b2-0f1e2d3c4b5a";
const CALLS_AT_ONCE: usize = 4;

/// Whole bodies that are not filtered, and why.
const UNFILTERED_BODIES: [(&str, &str, &str); 2] = [
    ("PUT", "/admin/products/{product_id}", "product texts of staff have long numbers, and no shopper writes them"),
    ("POST", "/webhooks/stripe", "Stripe's events are signed, and nothing of them is stored but ids and amounts"),
];

/// Texts that are not filtered, by the last name of their path, and why. `POST /admin/imports` takes no JSON.
const UNFILTERED_TEXTS: [(&str, &str); 2] = [
    ("product_id", "codes of goods may look like card numbers; the grammar of ids and the lookup refuse other texts"),
    ("tracking_number", "one in ten tracking numbers passes the checksum; staff write them, and they have a grammar"),
];

/// A card number in one place of a body.
struct Attempt {
    route: Route,
    /// The member of the body that has the card number.
    member: String,
    /// JSON pointer to the card number.
    place: String,
    card: &'static str,
    body: Value,
}

#[test]
fn a_card_number_is_refused_in_every_text_of_every_body() {
    let shop = Shop::open();
    let callers = Callers { anyone: shop.anyone(), guest: shop.guest(), account: shop.account(), staff: shop.staff() };
    let attempts: Vec<Attempt> = routes().iter().filter(|route| !is_unfiltered(route)).flat_map(attempts).collect();
    assert!(attempts.len() > 150, "few texts: {}", attempts.len());

    let answers = map_concurrently(CALLS_AT_ONCE, &attempts, |attempt| {
        let call = callers.of(&attempt.route).call(&attempt.route.method, &path(&attempt.route));
        call.json(&attempt.body).undeclared().send()
    });
    let wrong = attempts.iter().zip(&answers).filter(|(attempt, answer)| !refuses(answer, attempt));
    let wrong: Vec<_> = wrong.map(|(attempt, answer)| format!("{}: {answer}", attempt.place)).collect();
    assert!(wrong.is_empty(), "{} of {} attempts:\n{}", wrong.len(), attempts.len(), wrong.join("\n"));
}

#[test]
fn each_exception_of_the_card_filter_is_used() {
    let routes = routes();
    for (method, path, reason) in UNFILTERED_BODIES {
        let exists = |route: &Route| route.method == method && route.path == path && route.example.is_some();
        assert!(routes.iter().any(exists), "{method} {path} has no JSON body: {reason}");
    }
    for (name, reason) in UNFILTERED_TEXTS {
        let has_name = |place: &String| last_name(place) == name;
        let has_text = |route: &Route| route.example.as_ref().is_some_and(|body| texts(body).iter().any(has_name));
        assert!(routes.iter().any(has_text), "no body has {name}: {reason}");
    }
}

struct Callers {
    anyone: Caller,
    guest: Caller,
    account: Caller,
    staff: Caller,
}

impl Callers {
    /// One that the route lets in.
    fn of(&self, route: &Route) -> &Caller {
        match route.caller.as_str() {
            "anyone" => &self.anyone,
            "guest" => &self.guest,
            "account" => &self.account,
            "staff" => &self.staff,
            other => panic!("{} {}: {other} is not a known caller", route.method, route.path),
        }
    }
}

fn is_unfiltered(route: &Route) -> bool {
    UNFILTERED_BODIES.iter().any(|(method, path, _)| route.method == *method && route.path == *path)
}

/// The example of a route with each spelling in each of its texts, and in a member that the route does not know.
fn attempts(route: &Route) -> Vec<Attempt> {
    let Some(example) = &route.example else { return Vec::new() };
    let is_filtered = |place: &String| !UNFILTERED_TEXTS.iter().any(|(name, _)| last_name(place) == *name);
    let mut places: Vec<String> = texts(example).into_iter().filter(is_filtered).collect();
    places.push("/unknown_member".to_owned());
    let with = |place: &String, card: &'static str| {
        let mut body = example.clone();
        match body.pointer_mut(place) {
            Some(text) => *text = json!(card),
            None => body["unknown_member"] = json!(card),
        }
        let member = place.split('/').nth(1).expect("a member").to_owned();
        Attempt { route: route.clone(), member, place: place.clone(), card, body }
    };
    places.iter().flat_map(|place| CARDS.map(|card| with(place, card))).collect()
}

/// JSON pointers to all texts of a value.
fn texts(value: &Value) -> Vec<String> {
    let below = |name: &str, value: &Value| -> Vec<String> {
        texts(value).into_iter().map(|place| format!("/{name}{place}")).collect()
    };
    match value {
        Value::String(_) => vec![String::new()],
        Value::Array(values) => {
            values.iter().enumerate().flat_map(|(index, value)| below(&index.to_string(), value)).collect()
        }
        Value::Object(members) => members.iter().flat_map(|(name, value)| below(name, value)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn last_name(place: &str) -> &str {
    place.rsplit('/').next().unwrap_or_default()
}

/// The path with ids that nothing has: a body is read before anything is looked up.
fn path(route: &Route) -> String {
    let part = |part: &str| match part {
        "{refund_request_id}" => format!("{UNKNOWN_ID}.{}", "x".repeat(22)),
        "{order_id}" | "{user_id}" => UNKNOWN_ID.to_owned(),
        "{product_id}" => "unknown-product".to_owned(),
        part if part.starts_with('{') => "1".to_owned(),
        part => part.to_owned(),
    };
    route.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Whether the response names the member as invalid and does not repeat the card number.
fn refuses(answer: &Response, attempt: &Attempt) -> bool {
    let named = |field: &String| field.split(['.', '[']).next() == Some(attempt.member.as_str());
    answer.status == 422 && !answer.body.contains(attempt.card) && answer.bad_fields().iter().any(named)
}
