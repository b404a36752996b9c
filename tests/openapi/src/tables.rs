//! The generated tables of docs/api.md. Each stands between two comments that name it.

use souk_runtime::contract::{Caller, Operation, Retry};

use crate::operations;

/// The text with every table filled in.
pub(crate) fn filled(text: &str) -> String {
    let operations = operations();
    [("operations", all(&operations)), ("keys", keys(&operations)), ("repeated", repeated(&operations))]
        .into_iter()
        .fold(text.to_owned(), |text, (name, table)| with_table(&text, name, &table))
}

fn with_table(text: &str, name: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {name}: made by `cargo xtask openapi` -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("docs/api.md has no {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("docs/api.md has no {end}"));
    format!("{before}{begin}{table}{end}{after}")
}

fn all(operations: &[Operation]) -> String {
    let rows = operations.iter().map(|operation| {
        let caller = match operation.caller {
            Caller::Anyone => "anyone".to_owned(),
            Caller::Guest => "guest or account".to_owned(),
            Caller::Shopper => "account".to_owned(),
            Caller::Staff(permission) => format!("staff, `{}`", permission.as_str()),
            Caller::Stripe => "Stripe, signed".to_owned(),
        };
        format!("| {} | `{}` | {caller} | {} |\n", call(operation), operation.operation_id(), operation.summary)
    });
    format!("| call | operation | caller | |\n|---|---|---|---|\n{}", rows.collect::<String>())
}

fn keys(operations: &[Operation]) -> String {
    let rows = operations.iter().filter_map(|operation| match operation.retry {
        Retry::Key { answer, stored } => Some(format!("| {} | {answer} | {stored} |\n", call(operation))),
        Retry::Read | Retry::Repeat(_) => None,
    });
    format!("| call | with the same key | the key is stored |\n|---|---|---|\n{}", rows.collect::<String>())
}

fn repeated(operations: &[Operation]) -> String {
    let rows = operations.iter().filter_map(|operation| match operation.retry {
        Retry::Repeat(effect) => Some(format!("| {} | {effect} |\n", call(operation))),
        Retry::Read | Retry::Key { .. } => None,
    });
    format!("| call | the second time |\n|---|---|\n{}", rows.collect::<String>())
}

fn call(operation: &Operation) -> String {
    format!("`{} {}`", operation.method, operation.path)
}
