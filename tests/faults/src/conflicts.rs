//! DynamoDB's transaction conflicts, which no emulator has: a transaction on an item of another ongoing transaction is
//! cancelled with `TransactionConflict`, and a single write fails with `TransactionConflictException`.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling>

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Map, Value};
use souk_testkit::key_attributes;

/// Latencies of DynamoDB in the model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// Duration of a write transaction, during which it conflicts with others; zero means no conflicts.
    pub transaction: Duration,
    /// Duration of any other call.
    pub call: Duration,
}

/// The items of ongoing transactions.
#[derive(Debug)]
pub struct Conflicts {
    times: Times,
    busy: Mutex<HashSet<String>>,
}

/// An ongoing transaction, which ends when this is dropped.
struct ActiveTransaction<'a> {
    conflicts: &'a Conflicts,
    items: Vec<String>,
}

impl Conflicts {
    /// No conflicts, as in the emulators.
    pub fn none() -> Self {
        Self::with_times(Times::default())
    }

    /// Conflicts with these latencies.
    pub fn with_times(times: Times) -> Self {
        Self { times, busy: Mutex::default() }
    }

    /// Waits for the duration of an operation; `Err` with the number of its actions on a conflict. The emulator's own
    /// time is not part of it, because it serves one call at a time.
    pub(crate) async fn enter(&self, operation: &str, request: &Value) -> Result<(), usize> {
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
        let active = ActiveTransaction { conflicts: self, items };
        tokio::time::sleep(self.times.transaction).await;
        drop(active);
        Ok(())
    }
}

impl Drop for ActiveTransaction<'_> {
    fn drop(&mut self) {
        let mut busy = self.conflicts.busy.lock().expect("a lock");
        for item in &self.items {
            busy.remove(item);
        }
    }
}

/// The items of a request, each as one text.
fn items(request: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let actions = request["TransactItems"].as_array();
    let parts = actions.into_iter().flatten().filter_map(Value::as_object).flat_map(Map::values);
    for part in parts.chain(std::iter::once(request)) {
        let Some(table) = part["TableName"].as_str() else { continue };
        let whole = part.get("Key").or_else(|| part.get("Item")).and_then(Value::as_object);
        let key = key_attributes(table).into_iter().filter_map(|name| whole?.get(&name)).map(ToString::to_string);
        found.push(std::iter::once(table.to_owned()).chain(key).collect::<Vec<_>>().join("/"));
    }
    found
}
