//! Orders as staff handle them.

use std::fmt::Display;

use crate::bodies::{return_items, shipment};
use crate::caller::Caller;
use crate::json::Json;
use crate::product::Product;
use crate::response::Response;
use crate::shop::Shop;
use crate::wait::{SOON_SECONDS, eventually};

impl Shop {
    /// An action of staff on an order: `order_action(&order_id, "ship", body)`.
    pub fn order_action(&'static self, order_id: &str, action: &str, body: impl Display) -> Response {
        self.staff().post(&format!("/admin/orders/{order_id}/{action}"), body)
    }

    /// A paid order of so many units that staff can read: they find it by an index that is eventually consistent.
    pub fn paid_order(&'static self, shopper: &Caller, product: &Product, quantity: u32) -> String {
        let order_id = shopper.order(product, quantity);
        shopper.pay(&order_id, &self.success).is(200);
        eventually(SOON_SECONDS, "staff can read the order", || {
            (self.staff().get(&format!("/admin/orders/{order_id}")).status == 200).then_some(())
        });
        order_id
    }

    /// A shipped and delivered order of this many units.
    pub fn delivered_order(&'static self, shopper: &Caller, product: &Product, quantity: u32) -> String {
        let order_id = self.paid_order(shopper, product, quantity);
        self.order_action(&order_id, "ship", shipment()).is(200);
        self.order_action(&order_id, "deliver", "").is(200);
        order_id
    }

    /// Whether an order is on any page of a staff list: `/admin/orders?status=paid`, `/admin/returns?`.
    pub fn staff_list_contains(&'static self, list: &str, order_id: &str) -> bool {
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
    /// Requests the return of units of a product.
    pub fn request_return(&self, order_id: &str, product: &Product, quantity: u32) -> Response {
        self.post_with_key(&format!("/orders/{order_id}/returns"), return_items(product, quantity))
    }

    /// Waits until an order has this status.
    pub fn wait_for_status(&self, order_id: &str, status: &str) -> Json {
        eventually(SOON_SECONDS, &format!("the order is {status}"), || {
            let order = self.order_detail(order_id);
            (order.text("status") == status).then_some(order)
        })
    }
}
