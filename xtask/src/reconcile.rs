//! `cargo xtask reconcile`: compares stock, orders and money of a shop, and prints each discrepancy.

use std::process::ExitCode;

use anyhow::{Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::operator::Operator;
use crate::paths::Paths;

/// Options of `cargo xtask reconcile`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Resend lost messages to the orders that wait for them
    #[arg(long)]
    resend: bool,
    /// Print nothing if there are no discrepancies
    #[arg(long)]
    quiet: bool,
    /// Use the shop of this CloudFormation stack on AWS instead of the local one; needs the aws command line
    #[arg(long, value_name = "STACK")]
    aws: Option<String>,
}

/// Most invocations of one run; each continues where the one before stopped.
const MAX_INVOCATIONS: u32 = 100;

/// The response of the function.
#[derive(Deserialize)]
struct Response {
    checked: Checked,
    differences: Vec<Map<String, Value>>,
    found: u64,
    unsettled: Vec<Map<String, Value>>,
    unsettled_found: u64,
    sums_compared: bool,
    cursor: Option<Value>,
    resent: u64,
    resend_failures: u64,
}

#[derive(Deserialize)]
struct Checked {
    orders: u64,
    products: u64,
    accounts: u64,
}

/// Invokes `reconcile`, prints its report, and fails if there are discrepancies.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<ExitCode> {
    let operator = Operator::of(options.aws.as_deref(), paths)?;
    let (mut cursor, mut orders, mut different) = (None, 0, false);
    for _ in 0..MAX_INVOCATIONS {
        let payload = json!({"resend": options.resend, "cursor": cursor});
        let response: Response = serde_json::from_value(operator.invoke("reconcile", &payload)?)?;
        orders += response.checked.orders;
        different |= response.found > 0 || response.resend_failures > 0;
        print_report(&response, options.quiet);
        cursor = response.cursor;
        if cursor.is_none() {
            if !options.quiet {
                println!("{orders} orders read");
            }
            return Ok(if different { ExitCode::FAILURE } else { ExitCode::SUCCESS });
        }
    }
    bail!("not all orders were read in {MAX_INVOCATIONS} invocations: see docs/operations.md for shops of that size")
}

fn print_report(response: &Response, quiet: bool) {
    for difference in &response.differences {
        println!("{}", line(difference));
    }
    let listed = u64::try_from(response.differences.len()).unwrap_or(u64::MAX);
    if response.found > listed {
        println!("… and {} more", response.found - listed);
    }
    for subject in &response.unsettled {
        println!("{:<20} {}", "unsettled", ids(subject));
    }
    if response.resent + response.resend_failures > 0 {
        println!("{} messages sent again; for {} orders sending failed", response.resent, response.resend_failures);
    }
    if !response.sums_compared {
        println!("stock and store credit were not compared: time ran out");
    }
    if !quiet {
        let Response { checked: Checked { products, accounts, .. }, found, unsettled_found, .. } = response;
        println!(
            "{products} products, {accounts} accounts with store credit: {found} discrepancies, {unsettled_found} unsettled"
        );
    }
}

/// `stock_unexplained    expected 9, actual 11   product_id=test-a`
fn line(difference: &Map<String, Value>) -> String {
    let shown = |name: &str| difference.get(name).map(text).unwrap_or_default();
    let numbers = format!("expected {}, actual {}", shown("expected"), shown("actual"));
    format!("{:<20} {numbers:<36} {}", shown("kind"), ids(difference))
}

/// All fields except kind and numbers.
fn ids(subject: &Map<String, Value>) -> String {
    let ids = subject.iter().filter(|(name, _)| !["kind", "expected", "actual"].contains(&name.as_str()));
    ids.map(|(name, value)| format!("{name}={}", text(value))).collect::<Vec<_>>().join(" ")
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discrepancy_is_one_line_with_its_ids() {
        let difference = json!({
            "kind": "refund_overdue", "user_id": "u", "order_id": "o", "refund": 0, "expected": 3600, "actual": 4000,
        });
        let line = line(difference.as_object().expect("an object"));
        assert_eq!(
            line.split_whitespace().collect::<Vec<_>>().join(" "),
            "refund_overdue expected 3600, actual 4000 order_id=o refund=0 user_id=u"
        );
    }

    #[test]
    fn the_response_of_the_function_is_read() {
        let response = json!({
            "checked": {"orders": 3, "products": 2, "accounts": 1}, "differences": [], "found": 0, "truncated": false,
            "unsettled": [{"product_id": "a"}], "unsettled_found": 1, "sums_compared": true, "cursor": null,
            "clean": false, "resent": 0, "resend_failures": 0,
        });
        let response: Response = serde_json::from_value(response).expect("a response");
        assert_eq!((response.checked.orders, ids(&response.unsettled[0]).as_str()), (3, "product_id=a"));
    }
}
