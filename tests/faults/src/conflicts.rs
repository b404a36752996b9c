//! DynamoDB's rule for transactions that meet, which no emulator keeps: a transaction on an item that another one is working
//! on is cancelled with `TransactionConflict`, and so is a single write (`TransactionConflictException`).
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling>

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Map, Value};

/// The keys of all tables, by the attributes' names: what of a Put's item is its key.
const KEY_ATTRIBUTES: [&str; 6] = ["user_id", "order_id", "product_id", "shard", "family_id", "limit_key"];

/// How long DynamoDB takes in the model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// A write transaction, from its first look at its items to the end; nothing conflicts when it is zero.
    pub transaction: Duration,
    /// Any other call.
    pub call: Duration,
}

/// The items that transactions are working on.
#[derive(Debug)]
pub struct Conflicts {
    times: Times,
    busy: Mutex<HashSet<String>>,
}

/// A transaction at work; its items are free again when this is dropped.
struct Inside<'a> {
    conflicts: &'a Conflicts,
    items: Vec<String>,
}

impl Conflicts {
    /// Nothing ever conflicts, as in the emulators.
    pub fn never() -> Self {
        Self::lasting(Times::default())
    }

    /// Calls take so long, and what meets a transaction meanwhile conflicts.
    pub fn lasting(times: Times) -> Self {
        Self { times, busy: Mutex::default() }
    }

    /// Spends the time that an operation takes; `Err` with the number of its actions when it meets a transaction. What the
    /// emulator behind takes is not part of it: it works on one call at a time, and everything would meet everything.
    pub(crate) async fn pass(&self, operation: &str, request: &Value) -> Result<(), usize> {
        let transaction = matches!(operation, "TransactWriteItems" | "TransactGetItems");
        let single = matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem");
        if operation != "TransactWriteItems" && !self.times.call.is_zero() {
            tokio::time::sleep(self.times.call).await;
        }
        if self.times.transaction.is_zero() || !(transaction || single) {
            return Ok(());
        }
        let items = items(request);
        {
            let mut busy = self.busy.lock().expect("a lock");
            if items.iter().any(|item| busy.contains(item)) {
                return Err(items.len());
            }
            if operation != "TransactWriteItems" {
                return Ok(());
            }
            busy.extend(items.iter().cloned());
        }
        let inside = Inside { conflicts: self, items };
        tokio::time::sleep(self.times.transaction).await;
        drop(inside);
        Ok(())
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        let mut busy = self.conflicts.busy.lock().expect("a lock");
        for item in &self.items {
            busy.remove(item);
        }
    }
}

/// The items that a request is about, each as one text.
fn items(request: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let actions = request["TransactItems"].as_array();
    let parts = actions.into_iter().flatten().filter_map(Value::as_object).flat_map(Map::values);
    for part in parts.chain(std::iter::once(request)) {
        let Some(table) = part["TableName"].as_str() else { continue };
        let whole = part.get("Key").or_else(|| part.get("Item")).and_then(Value::as_object);
        let key = KEY_ATTRIBUTES.iter().filter_map(|name| whole?.get(*name)).map(ToString::to_string);
        // An order's item also names things that are keys elsewhere; its own come first.
        found.push(std::iter::once(table.to_owned()).chain(key.take(key_length(table))).collect::<Vec<_>>().join("/"));
    }
    found
}

fn key_length(table: &str) -> usize {
    if table.ends_with("orders") || table.ends_with("inventory") { 2 } else { 1 }
}
