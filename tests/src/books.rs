//! The shop's books, as `reconcile` sees them, and the local AWS behind the shop's back.

use serde_json::{Value, json};

use crate::json::Json;
use crate::shop::{Product, Shop};
use crate::{SOON_SECONDS, eventually};

/// Reading everything takes a while on a machine that runs other tests.
const RECONCILE_SECONDS: u64 = 2 * SOON_SECONDS;

impl Shop {
    /// What `reconcile` answers now.
    pub fn reconcile(&'static self) -> Json {
        let function = format!("{}-reconcile", self.stack_name);
        let path = format!("/2015-03-31/functions/{function}/invocations");
        self.aws(&path, "lambda", &[], &json!({}))
    }

    /// Waits until stock, orders and money of these products and orders agree for certain. Others buy meanwhile, so only
    /// what concerns these ids is looked at.
    pub fn books_agree(&'static self, products: &[&Product], order_ids: &[&str]) {
        eventually(RECONCILE_SECONDS, "the books of a test's products and orders agree", || {
            let report = self.reconcile();
            let concerns = |entry: &Json| {
                let is = |name: &str, id: &str| entry.at(name).is_some_and(|value| value.text("") == id);
                products.iter().any(|product| is("product_id", &product.id))
                    || order_ids.iter().any(|order_id| is("order_id", order_id))
            };
            let wrong: Vec<Json> = report.list("differences").into_iter().filter(concerns).collect();
            assert!(wrong.is_empty(), "{}", report);
            let all_told = report.text("truncated") == "false"
                && report.text("sums_compared") == "true"
                && report.list("unsettled").len() == usize::try_from(report.whole("unsettled_found")).unwrap_or(0);
            (all_told && !report.list("unsettled").iter().any(concerns)).then_some(())
        });
    }

    /// Adds to a product's count behind the shop's back, and returns the count before.
    pub fn miscount(&'static self, product: &Product, delta: i64) {
        let key = json!({"product_id": {"S": product.id}, "shard": {"S": format!("{}#0", self.region)}});
        let request = json!({
            "TableName": self.table("InventoryTable"),
            "Key": key,
            "UpdateExpression": "ADD available :delta",
            "ConditionExpression": "attribute_exists(product_id)",
            "ExpressionAttributeValues": {":delta": {"N": delta.to_string()}},
        });
        self.aws("/", "dynamodb", &[("x-amz-target", "DynamoDB_20120810.UpdateItem")], &request);
    }
}
