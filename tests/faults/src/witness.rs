//! Sees every transaction on the wire: counts them and what they cost, and knows what every product had at any moment.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::Value;
use tokio::time::Instant;

/// What DynamoDB charges an action of a transaction for each KiB of its item.
const UNITS_PER_KIB: usize = 2;

/// What was seen so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Traffic {
    /// Write transactions that were sent.
    pub transactions: u64,
    /// Of these, cancelled because they met another one.
    pub conflicts: u64,
    /// Of these, cancelled because a condition did not hold.
    pub refused: u64,
}

/// Watches the wire.
#[derive(Debug, Default)]
pub struct Witness {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    traffic: Traffic,
    products: HashMap<String, Vec<(Instant, i64)>>,
    /// By the order that a cancelled transaction would have placed or changed.
    wasted_units: HashMap<String, u64>,
}

/// A transaction under way.
pub(crate) struct Watched {
    order_id: String,
    moves: Vec<(String, i64)>,
    units: u64,
}

impl Witness {
    /// A product with its stock, before anything happens to it.
    pub fn introduce(&self, product_id: &str, available: u32) {
        let mut seen = self.seen.lock().expect("a lock");
        seen.products.insert(product_id.to_owned(), vec![(Instant::now(), i64::from(available))]);
    }

    /// What was seen so far.
    pub fn traffic(&self) -> Traffic {
        self.seen.lock().expect("a lock").traffic
    }

    /// Write units of all cancelled transactions, by order. DynamoDB charges them but does not say how much, so they are
    /// counted by its rule.
    pub fn wasted_units(&self) -> HashMap<String, u64> {
        self.seen.lock().expect("a lock").wasted_units.clone()
    }

    /// Whether there may have been less than `asked` of a product at some moment since `began`. What is being taken counts
    /// as gone from when it is asked for, what is given back only once that is certain: a refusal that this calls false
    /// was false.
    pub fn may_have_been_short(&self, product_id: &str, asked: u32, began: Instant) -> bool {
        let seen = self.seen.lock().expect("a lock");
        let Some(history) = seen.products.get(product_id) else { return true };
        let at_first = history.iter().rposition(|(at, _)| *at <= began).unwrap_or(0);
        history[at_first..].iter().any(|(_, low)| *low < i64::from(asked))
    }

    pub(crate) fn sent(&self, request: &Value) -> Watched {
        let actions = request["TransactItems"].as_array().map(Vec::as_slice).unwrap_or_default();
        let order_id = actions.iter().find_map(|action| action["Put"]["Item"]["order_id"]["S"].as_str());
        let watched = Watched {
            order_id: order_id.unwrap_or_default().to_owned(),
            moves: actions.iter().filter_map(stock_move).collect(),
            units: units(actions),
        };
        let mut seen = self.seen.lock().expect("a lock");
        seen.traffic.transactions += 1;
        seen.apply(&watched, |delta| delta.min(0));
        watched
    }

    pub(crate) fn done(&self, watched: &Watched) {
        self.seen.lock().expect("a lock").apply(watched, |delta| delta.max(0));
    }

    pub(crate) fn cancelled(&self, watched: &Watched, conflict: bool) {
        let mut seen = self.seen.lock().expect("a lock");
        seen.apply(watched, |delta| -delta.min(0));
        *seen.wasted_units.entry(watched.order_id.clone()).or_default() += watched.units;
        if conflict {
            seen.traffic.conflicts += 1;
        } else {
            seen.traffic.refused += 1;
        }
    }
}

impl Seen {
    fn apply(&mut self, watched: &Watched, part: impl Fn(i64) -> i64) {
        for (product_id, delta) in &watched.moves {
            let Some(history) = self.products.get_mut(product_id) else { continue };
            let now = history.last().map_or(0, |(_, low)| *low);
            history.push((Instant::now(), now + part(*delta)));
        }
    }
}

/// By how much an action changes the stock of which product.
fn stock_move(action: &Value) -> Option<(String, i64)> {
    let update = action.get("Update")?;
    let product_id = update["Key"]["product_id"]["S"].as_str()?.to_owned();
    let units: i64 = update["ExpressionAttributeValues"][":n"]["N"].as_str()?.parse().ok()?;
    let takes = update["UpdateExpression"].as_str()?.contains("- :n");
    Some((product_id, if takes { -units } else { units }))
}

fn units(actions: &[Value]) -> u64 {
    let kib = |action: &Value| action["Put"]["Item"].as_object().map_or(1, |item| size(item).div_ceil(1024));
    actions.iter().map(|action| (kib(action) * UNITS_PER_KIB) as u64).sum()
}

/// About the size that DynamoDB charges for: names and values, without the type tags of their JSON.
fn size(item: &serde_json::Map<String, Value>) -> usize {
    item.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &Value) -> usize {
    let Some((kind, inner)) = value.as_object().and_then(|typed| typed.iter().next()) else { return 1 };
    match (kind.as_str(), inner) {
        ("S", Value::String(text)) => text.len(),
        ("N", Value::String(digits)) => digits.len().div_ceil(2) + 1,
        ("M", Value::Object(members)) => 3 + members.len() + size(members),
        ("L", Value::Array(values)) => 3 + values.len() + values.iter().map(value_size).sum::<usize>(),
        _ => 1,
    }
}
