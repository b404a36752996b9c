//! `cargo xtask reconcile`: has a shop count stock, orders and money against each other, and prints what does not agree.

use std::process::ExitCode;

use anyhow::{Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::operator::Operator;
use crate::paths::Paths;

/// What `cargo xtask reconcile` takes.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Send orders that wait for a lost message that message again
    #[arg(long)]
    resend: bool,
    /// Print nothing when everything agrees
    #[arg(long)]
    quiet: bool,
    /// Ask the shop of this CloudFormation stack on AWS instead of the one that runs here; needs the aws command line
    #[arg(long, value_name = "STACK")]
    aws: Option<String>,
}

/// Most answers that one run asks for: each goes on where the one before stopped.
const MAX_ANSWERS: u32 = 100;

/// What the function answers.
#[derive(Deserialize)]
struct Answer {
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

/// Asks, prints, and fails when anything differs.
pub(crate) fn run(options: &Options, paths: &Paths) -> Result<ExitCode> {
    let operator = Operator::of(options.aws.as_deref(), paths)?;
    let (mut cursor, mut orders, mut different) = (None, 0, false);
    for _ in 0..MAX_ANSWERS {
        let question = json!({"resend": options.resend, "cursor": cursor});
        let answer: Answer = serde_json::from_value(operator.ask("reconcile", &question)?)?;
        orders += answer.checked.orders;
        different |= answer.found > 0 || answer.resend_failures > 0;
        print_answer(&answer, options.quiet);
        cursor = answer.cursor;
        if cursor.is_none() {
            if !options.quiet {
                println!("{orders} orders read");
            }
            return Ok(if different { ExitCode::FAILURE } else { ExitCode::SUCCESS });
        }
    }
    bail!("after {MAX_ANSWERS} answers there are orders left: see docs/operations.md for shops of that size")
}

fn print_answer(answer: &Answer, quiet: bool) {
    for difference in &answer.differences {
        println!("{}", line(difference));
    }
    let listed = u64::try_from(answer.differences.len()).unwrap_or(u64::MAX);
    if answer.found > listed {
        println!("… and {} more", answer.found - listed);
    }
    for subject in &answer.unsettled {
        println!("{:<20} {}", "unsettled", ids(subject));
    }
    if answer.resent + answer.resend_failures > 0 {
        println!("{} messages sent again; of {} orders they could not be sent", answer.resent, answer.resend_failures);
    }
    if !answer.sums_compared {
        println!("stock and store credit were not compared: time ran out");
    }
    if !quiet {
        let Answer { checked: Checked { products, accounts, .. }, found, unsettled_found, .. } = answer;
        println!(
            "{products} products, {accounts} accounts with store credit: {found} differences, {unsettled_found} unsettled"
        );
    }
}

/// `stock_unexplained    expected 9, actual 11   product_id=test-a`
fn line(difference: &Map<String, Value>) -> String {
    let shown = |name: &str| difference.get(name).map(text).unwrap_or_default();
    let numbers = format!("expected {}, actual {}", shown("expected"), shown("actual"));
    format!("{:<20} {numbers:<36} {}", shown("kind"), ids(difference))
}

/// All that is neither kind nor number.
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
    fn a_difference_is_one_line_with_its_ids() {
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
    fn the_functions_answer_is_understood() {
        let answer = json!({
            "checked": {"orders": 3, "products": 2, "accounts": 1}, "differences": [], "found": 0, "truncated": false,
            "unsettled": [{"product_id": "a"}], "unsettled_found": 1, "sums_compared": true, "cursor": null,
            "clean": false, "resent": 0, "resend_failures": 0,
        });
        let answer: Answer = serde_json::from_value(answer).expect("an answer");
        assert_eq!((answer.checked.orders, ids(&answer.unsettled[0]).as_str()), (3, "product_id=a"));
    }
}
