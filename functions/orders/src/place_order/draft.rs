//! Drafts the order for a cart. Prices come from the products table, never from the cart or the client.

use std::collections::HashMap;

use souk_domain::cart::{Cart, CartLine};
use souk_domain::catalog::Product;
use souk_domain::ids::{OrderId, ProductId};
use souk_domain::order::{NewOrder, Order, OrderLine};
use souk_runtime::http::Problem;

use super::{PlaceOrder, PlaceOrderParams, QuantityLimit, order_too_large};
use crate::contact;

impl PlaceOrder {
    /// The order without allocations.
    pub(super) fn draft(
        &self,
        cart: &Cart,
        products: &HashMap<ProductId, Product>,
        params: &PlaceOrderParams,
        hold_seconds: i64,
    ) -> Result<Order, Problem> {
        let (mut lines, mut unavailable) = (Vec::with_capacity(cart.lines.len()), Vec::new());
        let mut limited = Vec::new();
        for line in &cart.lines {
            match products.get(&line.product_id) {
                Some(product) => {
                    limited.extend(self.exceeded_limit(line, product));
                    lines.push(order_line(line, product));
                }
                None => unavailable.push(&line.product_id),
            }
        }
        if !unavailable.is_empty() {
            return Err(product_unavailable(&unavailable));
        }
        if !limited.is_empty() {
            let detail = "there is more of a product in the cart than one order may have";
            return Err(Problem::conflict("quantity_limited", detail).with("limits", limited));
        }
        // An account that was deleted a moment ago has no address.
        let contact = params.contact.clone().ok_or_else(contact::missing)?;
        let now = self.clock.now();
        let new = NewOrder {
            user_id: cart.user_id.clone(),
            order_id: OrderId::new(now, &*self.random),
            payment_method: params.payment_method,
            currency: self.currency,
            lines,
            shipping_address: params.shipping_address.clone(),
            contact: Some(contact),
            hold_seconds,
        };
        Order::place(new, now).map_err(|error| order_too_large().caused_by(error))
    }
}

impl PlaceOrder {
    /// The maximum of a line that has more.
    fn exceeded_limit(&self, line: &CartLine, product: &Product) -> Option<QuantityLimit> {
        let (quantity, max_per_order) = (line.quantity.get(), product.max_in_order(self.max_per_order));
        let product_id = line.product_id.to_string();
        (quantity > max_per_order).then_some(QuantityLimit { max_per_order, product_id, quantity })
    }
}

fn order_line(line: &CartLine, product: &Product) -> OrderLine {
    OrderLine {
        product_id: line.product_id.clone(),
        name: product.name.clone(),
        unit_price_minor: product.price_minor,
        quantity: line.quantity,
        allocation: Vec::new(),
    }
}

fn product_unavailable(product_ids: &[&ProductId]) -> Problem {
    Problem::conflict("product_unavailable", "a product in the cart is no longer sold; take it out")
        .with("product_ids", product_ids)
}
