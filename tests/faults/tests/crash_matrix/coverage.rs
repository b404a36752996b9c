//! Every function that writes orders or stock and every event of an order has a row.

use std::collections::BTreeSet;

use serde_yaml_ng::Value;
use souk_domain::order::{Event, StoreCreditEvent};

use crate::rows::ROWS;

const TEMPLATE: &str = include_str!("../../../../template.yaml");

/// Tables whose writers must have rows.
const TABLES: [&str; 2] = ["OrdersTable", "InventoryTable"];

/// Writers without rows, with the reason.
const WITHOUT_ROWS: &[(&str, &str)] = &[
    ("count-inventory", "one transaction of stock and ledger; the store's contract tests repeat it"),
    ("adjust-inventory", "the same"),
    ("import-products", "the same, for first counts"),
    ("import-upload", "the import of import-products; its own tests break S3 and the tables"),
];

#[test]
fn every_function_that_writes_orders_or_stock_has_a_row() {
    let template: Value = serde_yaml_ng::from_str(TEMPLATE).expect("template.yaml is YAML");
    let resources = template["Resources"].as_mapping().expect("Resources");
    let writers: BTreeSet<String> = resources.values().filter(|resource| writes(resource)).filter_map(name).collect();
    assert!(writers.len() > 5, "{writers:?}");
    let known: BTreeSet<String> = ROWS
        .iter()
        .map(|row| row.function)
        .chain(WITHOUT_ROWS.iter().map(|(function, _)| *function))
        .map(str::to_owned)
        .collect();
    let missing: Vec<_> = writers.difference(&known).collect();
    assert!(missing.is_empty(), "functions that write orders or stock without a row: {missing:?}");
}

/// The function's name: the last part of `${AWS::StackName}-place-order`.
fn name(resource: &Value) -> Option<String> {
    let text = serde_yaml_ng::to_string(&resource["Properties"]["FunctionName"]).ok()?;
    Some(text.split_once("${AWS::StackName}-")?.1.trim().trim_matches('\'').to_owned())
}

/// Whether its policies let it write one of the tables.
fn writes(resource: &Value) -> bool {
    let policies = resource["Properties"]["Policies"].as_sequence().into_iter().flatten();
    let mut statements = policies.flat_map(|policy| match &policy["Statement"] {
        Value::Sequence(several) => several.as_slice(),
        one => std::slice::from_ref(one),
    });
    resource["Type"] == "AWS::Serverless::Function"
        && statements.any(|statement| {
            let text = serde_yaml_ng::to_string(statement).expect("a statement is YAML");
            let writes = ["dynamodb:PutItem", "dynamodb:UpdateItem"].iter().any(|action| text.contains(action));
            writes && TABLES.iter().any(|table| text.contains(table))
        })
}

/// The rows of each event of an order. A new event does not compile without them.
macro_rules! events {
    ($rows:ident of $type:ty: $($event:pat => [$($name:literal),+];)+) => {
        const _: fn(&$type) -> &'static [&'static str] = |event| match event { $($event => &[$($name),+],)+ };
        const $rows: &[&str] = &[$($($name),+),+];
    };
}

events! {
    ROWS_OF_STORE_CREDIT_EVENTS of StoreCreditEvent:
    StoreCreditEvent::Paid { .. } => ["pay_by_store_credit"];
    StoreCreditEvent::Refunded { .. } => ["refund_to_store_credit"];
}

events! {
    ROWS_OF_EVENTS of Event:
    Event::PaymentStarted { .. } | Event::PaymentSettled { .. } => ["pay", "settle_by_check", "settle_by_webhook"];
    Event::HoldEnded => ["expire"];
    Event::Cancelled => ["cancel_unpaid", "cancel_paid"];
    Event::Revived { .. } => ["late_capture_with_stock", "late_capture_without_stock"];
    Event::Shipped(_) => ["ship"];
    Event::Delivered => ["deliver_order"];
    Event::ReturnRequested { .. } => ["request_return"];
    Event::ReturnAccepted { .. } => ["accept_return"];
    Event::ReturnRejected { .. } => ["reject_return"];
    Event::RefundGranted { .. } => ["grant_refund", "approve_refund"];
    Event::RefundSettled { .. } => ["refund", "refund_of_a_return"];
    Event::RefundFailed { .. } => ["failing_refund"];
    Event::RefundRetried { .. } => ["retry_refund"];
    Event::Erased => ["erase_an_unpaid_order", "erase_a_paid_order"];
}

#[test]
fn every_event_of_an_order_has_rows() {
    let names = ROWS_OF_EVENTS.iter().chain(ROWS_OF_STORE_CREDIT_EVENTS);
    let missing: Vec<_> = names.filter(|name| !ROWS.iter().any(|row| row.name == **name)).collect();
    assert!(missing.is_empty(), "no such rows: {missing:?}");
}
