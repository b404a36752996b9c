//! What only a person can fill in, with file and line.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use super::endpoint::{Caller, FILL_IN, NewEndpoint};
use super::{FileText, read};

/// The list for the terminal.
pub(super) fn left(endpoint: &NewEndpoint, files: &[FileText], root: &Path) -> Result<String> {
    let mut list = String::from("Fill in:\n");
    for file in files {
        for (number, line) in (1..).zip(file.text.lines()) {
            if line.contains(FILL_IN) && !file.before.lines().any(|old| old == line) {
                line_of(&mut list, &file.path, Some(number), line.trim());
            }
        }
    }
    list += "\nAdd:\n";
    for step in by_hand(endpoint) {
        let text = read(root, step.file)?;
        let number = (1..).zip(text.lines()).find(|(_, line)| line.starts_with(step.anchor)).map(|(number, _)| number);
        line_of(&mut list, step.file, number, &step.text);
    }
    list += &format!("  {:<42} a test of the behaviour over HTTP, in the file of its topic\n", "tests/tests/");
    let module = endpoint.name.snake();
    list += &format!(
        "\nThen:
  cargo test --workspace --lib {module}
  cargo xtask openapi
  cargo xtask up --detach --limits off && cargo xtask openapi --record
  cargo xtask test
docs/adding-an-endpoint.md explains each step."
    );
    Ok(list)
}

fn line_of(list: &mut String, path: &str, number: Option<usize>, text: &str) {
    let place = number.map_or_else(|| path.to_owned(), |number| format!("{path}:{number}"));
    writeln!(list, "  {place:<42} {text}").ok(); // writing to a string cannot fail
}

/// A line that a person adds to a file.
pub(super) struct Step {
    pub(super) file: &'static str,
    /// How the line begins that it belongs to.
    pub(super) anchor: &'static str,
    text: String,
}

/// Ids of paths that the document describes.
const DESCRIBED_IDS: [&str; 4] = ["order_id", "product_id", "refund_id", "return_id"];

/// The lines that cannot be derived.
pub(super) fn by_hand(endpoint: &NewEndpoint) -> Vec<Step> {
    let step = |file, anchor, text: &str| Step { file, anchor, text: text.to_owned() };
    let mut steps = Vec::new();
    if endpoint.route.method == "POST" {
        let text = "a row and its function: the call, sent twice";
        steps.push(step("tests/tests/idempotency.rs", "routes_called_twice! {", text));
    }
    if endpoint.route.method != "GET" {
        let text = "if it writes orders or stock: a row and its step (or a reason in coverage.rs)";
        steps.push(step("tests/faults/tests/crash_matrix/rows.rs", "rows! {", text));
    }
    if endpoint.answers_json() {
        let text = format!("the example \"{} {}\", or record it (below)", endpoint.name.camel(), endpoint.status());
        steps.push(Step { text, ..step("tests/openapi/examples.json", "{", "") });
    }
    if endpoint.caller == Caller::Anyone {
        let text = format!("\"{}\", sorted: it needs no token", endpoint.route);
        steps.push(Step { text, ..step("tests/openapi/tests/generated.rs", "const PUBLIC", "") });
        let text =
            "its number for each size of account, which its ReservedConcurrentExecutions names as other functions do";
        steps.push(step("template.yaml", "  Concurrency:", text));
    }
    if !endpoint.caller.is_staff() {
        let text = "its name in the list of its class of limits, sorted (RateClass::of_route)";
        steps.push(step("tests/openapi/tests/rate_classes.rs", "fn every_operation_has_a_class", text));
    }
    let text = "a line in PREPARATIONS, if it needs an order, a product or a token";
    steps.push(step("tests/fuzz/hooks.py", "PREPARATIONS = {", text));
    for name in endpoint.route.parameters().into_iter().filter(|name| !DESCRIBED_IDS.contains(name)) {
        let file = "shared/runtime/src/contract/parameter.rs";
        let text = format!("what the id {name} is, for the document");
        steps.push(Step { text, ..step(file, "        let description = match name", "") });
    }
    steps
}
