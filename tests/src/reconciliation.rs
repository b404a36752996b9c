//! Reconciliation of stock, orders and money.

use serde_json::json;

use crate::json::Json;
use crate::product::Product;
use crate::shop::Shop;
use crate::wait::{SOON_SECONDS, eventually};

/// How long it may take until nothing is unsettled, a few reports included.
const SETTLE_SECONDS: u64 = 4 * SOON_SECONDS;

impl Shop {
    /// The report of `reconcile`.
    pub fn reconcile(&'static self) -> Json {
        self.invoke_until_available("reconcile", &json!({}))
    }

    /// Waits until stock, orders and money of these products and orders are settled, and fails on a discrepancy. Other
    /// tests run meanwhile, so only entries with these ids count.
    pub fn assert_reconciled(&'static self, products: &[&Product], order_ids: &[&str]) {
        eventually(SETTLE_SECONDS, "stock, orders and money are reconciled", || {
            let report = self.reconcile();
            let wrong = entries_of(&report, "differences", products, order_ids);
            assert!(wrong.is_empty(), "{}", wrong.iter().map(Json::raw).collect::<Vec<_>>().join("\n"));
            let complete = report.text("truncated") == "false"
                && report.text("sums_compared") == "true"
                && i64::try_from(report.list("unsettled").len()) == Ok(report.whole("unsettled_found"));
            (complete && entries_of(&report, "unsettled", products, order_ids).is_empty()).then_some(())
        });
    }

    /// The discrepancies of a product, once nothing of it is unsettled.
    pub fn discrepancies_of(&'static self, product: &Product) -> Vec<Json> {
        eventually(SETTLE_SECONDS, "the product is settled", || {
            let report = self.reconcile();
            let unsettled = entries_of(&report, "unsettled", &[product], &[]);
            unsettled.is_empty().then(|| entries_of(&report, "differences", &[product], &[]))
        })
    }

    /// Changes a product's stock in the table, as no function would.
    pub fn corrupt_stock(&'static self, product: &Product, delta: i64) {
        let update = json!({
            "TableName": self.variable("reconcile", "INVENTORY_TABLE"),
            "Key": {"product_id": {"S": product.id}, "shard": {"S": format!("{}#0", self.region)}},
            "UpdateExpression": "ADD available :delta",
            "ConditionExpression": "attribute_exists(product_id)",
            "ExpressionAttributeValues": {":delta": {"N": delta.to_string()}},
        });
        self.action("dynamodb", "DynamoDB_20120810.UpdateItem", &update);
    }
}

/// Entries of a list of a report with one of these ids.
fn entries_of(report: &Json, list: &str, products: &[&Product], order_ids: &[&str]) -> Vec<Json> {
    let names = |entry: &Json, name: &str| entry.at(name).map(|id| id.text(""));
    let matches = |entry: &Json| {
        names(entry, "product_id").is_some_and(|id| products.iter().any(|product| product.id == id))
            || names(entry, "order_id").is_some_and(|id| order_ids.contains(&id.as_str()))
    };
    report.list(list).into_iter().filter(matches).collect()
}
