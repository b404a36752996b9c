//! The shop's books as `reconcile` sees them.

use serde_json::json;

use crate::json::Json;
use crate::shop::{Product, Shop};
use crate::{SOON_SECONDS, eventually};

/// How long the books of orders may take to come to rest, reading them a few times included.
const REST_SECONDS: u64 = 4 * SOON_SECONDS;

impl Shop {
    /// What `reconcile` answers now.
    pub fn reconcile(&'static self) -> Json {
        self.invoke("reconcile", &json!({}))
    }

    /// Waits until stock, orders and money of these products and orders agree for certain. Others buy meanwhile, so only
    /// what names these ids counts.
    pub fn books_agree(&'static self, products: &[&Product], order_ids: &[&str]) {
        eventually(REST_SECONDS, "the books are at rest", || {
            let report = self.reconcile();
            let wrong = concerning(&report, "differences", products, order_ids);
            assert!(wrong.is_empty(), "{}", wrong.iter().map(Json::raw).collect::<Vec<_>>().join("\n"));
            let all_told = report.text("truncated") == "false"
                && report.text("sums_compared") == "true"
                && i64::try_from(report.list("unsettled").len()) == Ok(report.whole("unsettled_found"));
            (all_told && concerning(&report, "unsettled", products, order_ids).is_empty()).then_some(())
        });
    }

    /// The differences of a product, once they are certain.
    pub fn differences_of(&'static self, product: &Product) -> Vec<Json> {
        eventually(REST_SECONDS, "the books of a product are certain", || {
            let report = self.reconcile();
            let unsettled = concerning(&report, "unsettled", &[product], &[]);
            unsettled.is_empty().then(|| concerning(&report, "differences", &[product], &[]))
        })
    }

    /// Changes a product's count behind the shop's back.
    pub fn miscount(&'static self, product: &Product, delta: i64) {
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

/// Entries of a list of a report that name one of these ids.
fn concerning(report: &Json, list: &str, products: &[&Product], order_ids: &[&str]) -> Vec<Json> {
    let names = |entry: &Json, name: &str| entry.at(name).map(|id| id.text(""));
    let concerns = |entry: &Json| {
        names(entry, "product_id").is_some_and(|id| products.iter().any(|product| product.id == id))
            || names(entry, "order_id").is_some_and(|id| order_ids.contains(&id.as_str()))
    };
    report.list(list).into_iter().filter(concerns).collect()
}
