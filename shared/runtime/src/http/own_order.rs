//! The caller's order that a path names.

use souk_domain::ids::OrderId;
use souk_domain::order::Order;
use souk_store::ShopperOrders;

use super::{Problem, Request};

/// The order of the path parameter `order_id`, if it belongs to the caller or to a guest of the caller's account. Orders
/// of others do not exist for the caller.
pub async fn own_order(request: &Request, orders: &ShopperOrders) -> Result<Order, Problem> {
    let caller = request.user()?;
    let order_id: OrderId = request.path_id("order_id", "order")?;
    let order = orders.find(&caller.user_id, caller.kind, &order_id).await?;
    order.ok_or_else(|| Problem::not_found("order"))
}
