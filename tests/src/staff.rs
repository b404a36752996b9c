//! What staff do about orders.

use std::fmt::Display;

use serde_json::json;

use crate::answer::Answer;
use crate::caller::Caller;
use crate::json::Json;
use crate::shop::{Product, Shop};
use crate::{SOON_SECONDS, eventually};

impl Shop {
    /// A call of the staff about an order: `about(&order_id, "ship", body)`.
    pub fn about(&'static self, order_id: &str, action: &str, body: impl Display) -> Answer {
        self.staff().post(&format!("/admin/orders/{order_id}/{action}"), body)
    }

    /// An order of so many units, paid, and known to the staff, who find it by an index that follows a moment later.
    pub fn paid_order(&'static self, shopper: &Caller, product: &Product, quantity: u32) -> String {
        let order_id = shopper.order(product, quantity);
        shopper.pay(&order_id, &self.success).is(200);
        eventually(SOON_SECONDS, "the staff find the order", || {
            (self.staff().get(&format!("/admin/orders/{order_id}")).status == 200).then_some(())
        });
        order_id
    }

    /// The same, sent and arrived.
    pub fn delivered_order(&'static self, shopper: &Caller, product: &Product, quantity: u32) -> String {
        let order_id = self.paid_order(shopper, product, quantity);
        self.about(&order_id, "ship", parcel()).is(200);
        self.about(&order_id, "deliver", "").is(200);
        order_id
    }

    /// Whether an order is in a list of the staff, at whichever page: `/admin/orders?status=paid`, `/admin/returns?`.
    pub fn lists(&'static self, list: &str, order_id: &str) -> bool {
        let mut cursor = String::new();
        loop {
            let page = self.staff().get(&format!("{list}&limit=100{cursor}")).is(200);
            let member = if list.starts_with("/admin/returns") { "returns" } else { "orders" };
            if page.texts(member, "order_id").iter().any(|listed| listed == order_id) {
                return true;
            }
            match page.text("next_cursor").as_str() {
                "null" => return false,
                next => cursor = format!("&cursor={next}"),
            }
        }
    }
}

impl Caller {
    /// Asks to send so many units of a product back.
    pub fn send_back(&self, order_id: &str, product: &Product, quantity: u32) -> Answer {
        self.post_with_key(&format!("/orders/{order_id}/returns"), returned(product, quantity))
    }

    /// Waits until an order has this status.
    pub fn order_becomes(&self, order_id: &str, status: &str) -> Json {
        eventually(SOON_SECONDS, &format!("the order is {status}"), || {
            let order = self.order_detail(order_id);
            (order.text("status") == status).then_some(order)
        })
    }
}

/// A body that ships an order.
pub fn parcel() -> serde_json::Value {
    json!({"carrier": "DHL", "tracking_number": "00340434161094042557"})
}

/// A body that sends so many units of a product back.
pub fn returned(product: &Product, quantity: u32) -> serde_json::Value {
    json!({"items": [{"product_id": product.id, "quantity": quantity, "reason": "too small"}]})
}
