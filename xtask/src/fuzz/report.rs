//! What a run of schemathesis found.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::clock;

/// The outcome in one role.
pub(super) struct Report {
    role: &'static str,
    time: Duration,
    operations: BTreeMap<String, Operation>,
    checked: Checked,
}

/// What the hooks write of each operation.
#[derive(Deserialize)]
struct Operation {
    caller: String,
    /// Whether the role may call it.
    may_call: bool,
    /// The number of responses by status.
    statuses: BTreeMap<String, u64>,
}

/// The part of schemathesis' own report that is used here.
#[derive(Deserialize)]
struct Checked {
    test_cases: TestCases,
    failures: Vec<Failure>,
    errors: Vec<Trouble>,
}

#[derive(Deserialize)]
struct TestCases {
    generated: u64,
}

#[derive(Deserialize)]
struct Failure {
    title: String,
    operations: Vec<String>,
}

#[derive(Deserialize)]
struct Trouble {
    title: String,
    count: u64,
}

impl Report {
    /// Reads the report of the hooks and that of schemathesis.
    pub(super) fn read(role: &'static str, files: &[PathBuf; 2], time: Duration) -> Result<Self> {
        Ok(Self { role, time, operations: json(&files[0])?, checked: json(&files[1])? })
    }

    /// Whether nothing failed and at least nine in ten of the operations that the role may call were reached.
    pub(super) fn is_good(&self) -> bool {
        let (allowed, reached) = (self.allowed().count(), self.allowed().filter(|(_, one)| one.is_reached()).count());
        let is_tested = allowed > 0 && self.checked.test_cases.generated > 0;
        let is_clean = self.checked.failures.is_empty() && self.checked.errors.is_empty();
        is_tested && is_clean && reached * 10 >= allowed * 9
    }

    /// The report, for people.
    pub(super) fn lines(&self) -> Vec<String> {
        let (allowed, reached) = (self.allowed().count(), self.allowed().filter(|(_, one)| one.is_reached()).count());
        let mut lines = vec![format!(
            "{}: {} cases in {}; {reached} of {allowed} operations reached with 2xx; {} failures",
            self.role,
            self.checked.test_cases.generated,
            clock::text(self.time),
            self.checked.failures.len()
        )];
        for (call, operation) in self.operations.iter().filter(|(_, operation)| !operation.is_reached()) {
            if operation.may_call || operation.caller == "stripe" {
                lines.push(format!("  not reached: {call} ({})", operation.answers()));
            }
        }
        for Failure { title, operations } in &self.checked.failures {
            lines.push(format!("  failure: {title}: {}", operations.join(", ")));
        }
        for Trouble { title, count } in &self.checked.errors {
            lines.push(format!("  error: {title}, {count} times"));
        }
        lines
    }

    fn allowed(&self) -> impl Iterator<Item = (&String, &Operation)> {
        self.operations.iter().filter(|(_, operation)| operation.may_call)
    }
}

impl Operation {
    fn is_reached(&self) -> bool {
        self.statuses.keys().any(|status| status.starts_with('2'))
    }

    /// `3 × 404, 1 × 422`
    fn answers(&self) -> String {
        let counts: Vec<_> = self.statuses.iter().map(|(status, count)| format!("{count} × {status}")).collect();
        if counts.is_empty() { "not called".to_owned() } else { counts.join(", ") }
    }
}

fn json<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let text = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} has an unexpected content", file.display()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn report(statuses: &Value, failures: &Value) -> Report {
        let operation = |caller: &str, may_call: bool, statuses: &Value| json!({"id": "x", "caller": caller, "may_call": may_call, "statuses": statuses});
        let operations = json!({
            "GET /cart": operation("shopper", true, statuses),
            "POST /webhooks/stripe": operation("stripe", false, &json!({"400": 3})),
            "GET /admin/orders": operation("staff", false, &json!({"403": 2})),
        });
        let checked = json!({"test_cases": {"generated": 7}, "failures": failures, "errors": []});
        Report {
            role: "shopper",
            time: Duration::from_secs(2),
            operations: serde_json::from_value(operations).expect("operations"),
            checked: serde_json::from_value(checked).expect("a report"),
        }
    }

    #[test]
    fn what_may_not_be_called_need_not_be_reached() {
        let report = report(&json!({"200": 4, "422": 1}), &json!([]));
        assert!(report.is_good());
        let expected = [
            "shopper: 7 cases in 2.0 s; 1 of 1 operations reached with 2xx; 0 failures",
            "  not reached: POST /webhooks/stripe (3 × 400)",
        ];
        assert_eq!(report.lines(), expected);
    }

    #[test]
    fn a_run_without_cases_is_not_good() {
        let mut report = report(&json!({"200": 4}), &json!([]));
        report.checked.test_cases.generated = 0;
        assert!(!report.is_good());
    }

    #[test]
    fn an_operation_that_only_refuses_is_not_reached() {
        let report = report(&json!({"404": 4, "422": 1}), &json!([]));
        assert!(!report.is_good());
        assert_eq!(report.lines()[1], "  not reached: GET /cart (4 × 404, 1 × 422)");
    }

    #[test]
    fn a_failure_is_reported_with_its_operations() {
        let failures = json!([{"title": "Server error", "operations": ["GET /cart"]}]);
        let report = report(&json!({"200": 4}), &failures);
        assert!(!report.is_good());
        assert_eq!(report.lines()[2], "  failure: Server error: GET /cart");
    }
}
