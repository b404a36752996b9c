//! `cargo xtask reindex` and `cargo xtask compare-index` for the local shop. On AWS an operator invokes the same
//! functions: see docs/operations.md.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::interrupt;
use crate::paths::Paths;
use crate::progress::Phase;
use crate::stack::Stack;

/// How long one run of a function may take: short enough to show progress, and for Ctrl-C.
const RUN_SECONDS: u64 = 5;
/// Consecutive runs that may fail, because OpenSearch may be restarting.
const FAILURES: u32 = 12;
const FAILURE_WAIT_MILLIS: u64 = 5_000;

/// Builds a new index from the products table and replaces the current one with it.
pub(crate) fn run(paths: &Paths) -> Result<()> {
    let function = Function::of(paths, "reindex")?;
    let mut phase = Phase::start("fill a new index");
    loop {
        // The node's disk is this computer's, not a volume that OpenSearch has for itself.
        let report = function.call(&json!({ "seconds": RUN_SECONDS, "ignore_storage": true }), &mut phase)?;
        if let Some(reason) = report["refused"].as_str() {
            bail!("{reason}");
        }
        for problem in report["problems"].as_array().into_iter().flatten() {
            phase.say(&format!("{}: {}", text(problem, "product_id"), text(problem, "reason")));
        }
        let status =
            format!("{}: {} products, {} set aside", text(&report, "index"), report["written"], report["set_aside"]);
        if report["done"] == true {
            phase.done(&status);
            return Ok(());
        }
        phase.tick(&status);
        interrupt::check()?;
    }
}

/// Compares the index with the table. The exit code is 0 if they are equal.
pub(crate) fn compare(paths: &Paths) -> Result<ExitCode> {
    let function = Function::of(paths, "compare-index")?;
    let mut phase = Phase::start("compare index and table");
    let (mut next, mut compared, mut differences) = (Value::Null, 0, 0);
    loop {
        let found = function.call(&json!({ "seconds": RUN_SECONDS, "next": next }), &mut phase)?;
        compared += found["compared"].as_u64().context("compare-index returned an unexpected response")?;
        for kind in ["missing", "different", "surplus"] {
            for product_id in found[kind].as_array().into_iter().flatten() {
                differences += 1;
                phase.say(&format!("{kind}: {}", product_id.as_str().unwrap_or_default()));
            }
        }
        let status = format!("{compared} products, {differences} differences");
        next = found["next"].clone();
        if next.is_null() {
            phase.done(&status);
            return Ok(if differences == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        phase.tick(&status);
        interrupt::check()?;
    }
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// A function of the running shop.
struct Function {
    aws: Aws,
    name: String,
}

impl Function {
    fn of(paths: &Paths, name: &str) -> Result<Self> {
        let stack = Stack::read(&paths.home.join("stack.json"))?;
        Ok(Self { aws: Aws::new(stack.aws_endpoint_url), name: format!("{}-{name}", stack.stack_name) })
    }

    /// Retries a run that fails. Each run continues where the last one ended.
    fn call(&self, payload: &Value, phase: &mut Phase) -> Result<Value> {
        let mut failures = 0;
        loop {
            match self.aws.invoke(&self.name, payload) {
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    failures += 1;
                    if failures == FAILURES {
                        bail!("{FAILURES} runs in a row failed, the last one with: {error:#}");
                    }
                    phase.tick(&format!("{error:#}"));
                    interrupt::sleep_millis(FAILURE_WAIT_MILLIS)?;
                }
            }
        }
    }
}
