//! A log of every transaction: their number and cost, and the stock of every product at any moment.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::Value;
use tokio::time::Instant;

/// Write units that DynamoDB charges an action of a transaction for each KiB of its item.
const UNITS_PER_KIB: usize = 2;

/// Counts of write transactions.
#[derive(Debug, Clone, Copy, Default)]
pub struct TransactionCounts {
    /// All that were sent.
    pub sent: u64,
    /// Cancelled by a conflict with another one.
    pub conflicts: u64,
    /// Cancelled by a failed condition.
    pub refused: u64,
}

/// The log.
#[derive(Debug, Default)]
pub struct TransactionLog {
    state: Mutex<LogState>,
}

#[derive(Debug, Default)]
struct LogState {
    counts: TransactionCounts,
    products: HashMap<String, Vec<(Instant, i64)>>,
    /// By the order of the cancelled transaction.
    wasted_units: HashMap<String, u64>,
}

/// A transaction without a response yet.
pub(crate) struct PendingTransaction {
    order_id: String,
    moves: Vec<(String, i64)>,
    units: u64,
}

impl TransactionLog {
    /// Adds a product with its initial stock.
    pub fn add_product(&self, product_id: &str, available: u32) {
        let mut state = self.state.lock().expect("a lock");
        state.products.insert(product_id.to_owned(), vec![(Instant::now(), i64::from(available))]);
    }

    /// The counts so far.
    pub fn counts(&self) -> TransactionCounts {
        self.state.lock().expect("a lock").counts
    }

    /// Write units of all cancelled transactions, by order. DynamoDB charges them without reporting them, so they are
    /// computed.
    pub fn wasted_units(&self) -> HashMap<String, u64> {
        self.state.lock().expect("a lock").wasted_units.clone()
    }

    /// Whether fewer than `asked` units of a product may have been available at some moment since `began`. Units count
    /// as taken from the start of a transaction, and as released after its end, so every refusal that this calls false
    /// is false.
    pub fn may_have_been_short(&self, product_id: &str, asked: u32, began: Instant) -> bool {
        let state = self.state.lock().expect("a lock");
        let Some(history) = state.products.get(product_id) else { return true };
        let at_first = history.iter().rposition(|(at, _)| *at <= began).unwrap_or(0);
        history[at_first..].iter().any(|(_, low)| *low < i64::from(asked))
    }

    pub(crate) fn sent(&self, request: &Value) -> PendingTransaction {
        let actions = request["TransactItems"].as_array().map(Vec::as_slice).unwrap_or_default();
        let order_id = actions.iter().find_map(|action| action["Put"]["Item"]["order_id"]["S"].as_str());
        let pending = PendingTransaction {
            order_id: order_id.unwrap_or_default().to_owned(),
            moves: actions.iter().filter_map(stock_move).collect(),
            units: units(actions),
        };
        let mut state = self.state.lock().expect("a lock");
        state.counts.sent += 1;
        state.apply(&pending, |delta| delta.min(0));
        pending
    }

    pub(crate) fn done(&self, pending: &PendingTransaction) {
        self.state.lock().expect("a lock").apply(pending, |delta| delta.max(0));
    }

    pub(crate) fn cancelled(&self, pending: &PendingTransaction, conflict: bool) {
        let mut state = self.state.lock().expect("a lock");
        state.apply(pending, |delta| -delta.min(0));
        *state.wasted_units.entry(pending.order_id.clone()).or_default() += pending.units;
        if conflict {
            state.counts.conflicts += 1;
        } else {
            state.counts.refused += 1;
        }
    }
}

impl LogState {
    fn apply(&mut self, pending: &PendingTransaction, part: impl Fn(i64) -> i64) {
        for (product_id, delta) in &pending.moves {
            let Some(history) = self.products.get_mut(product_id) else { continue };
            let now = history.last().map_or(0, |(_, low)| *low);
            history.push((Instant::now(), now + part(*delta)));
        }
    }
}

/// The product and the stock change of an action.
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

/// The approximate size that DynamoDB charges: names and values, without the type tags of the JSON.
fn size(item: &serde_json::Map<String, Value>) -> usize {
    item.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &Value) -> usize {
    let Some((kind, inner)) = value.as_object().and_then(|typed| typed.iter().next()) else { return 1 };
    match (kind.as_str(), inner) {
        ("S", Value::String(text)) => text.len(),
        ("B", Value::String(base64)) => base64.len() / 4 * 3,
        ("N", Value::String(digits)) => digits.len().div_ceil(2) + 1,
        ("M", Value::Object(members)) => 3 + members.len() + size(members),
        ("L", Value::Array(values)) => 3 + values.len() + values.iter().map(value_size).sum::<usize>(),
        _ => 1,
    }
}
