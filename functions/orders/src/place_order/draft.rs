//! The order that a cart would become: prices as they are now, from the products table, never from cart or client.

use std::collections::HashMap;

use souk_domain::address::ShippingAddress;
use souk_domain::cart::{Cart, CartLine};
use souk_domain::catalog::Product;
use souk_domain::ids::{OrderId, ProductId};
use souk_domain::order::{NewOrder, Order, OrderLine, PaymentMethod};
use souk_runtime::http::Problem;

use super::PlaceOrder;

impl PlaceOrder {
    /// The order, its units not chosen yet.
    pub(super) fn draft(
        &self,
        cart: &Cart,
        products: &HashMap<ProductId, Product>,
        payment_method: PaymentMethod,
        shipping_address: ShippingAddress,
    ) -> Result<Order, Problem> {
        let (mut lines, mut gone) = (Vec::with_capacity(cart.lines.len()), Vec::new());
        for line in &cart.lines {
            match products.get(&line.product_id) {
                Some(product) => lines.push(order_line(line, product)),
                None => gone.push(&line.product_id),
            }
        }
        if !gone.is_empty() {
            return Err(product_unavailable(&gone));
        }
        let now = self.clock.now();
        let new = NewOrder {
            user_id: cart.user_id.clone(),
            order_id: OrderId::new(now, &*self.random),
            payment_method,
            currency: self.currency,
            lines,
            shipping_address,
            hold_seconds: self.hold_seconds,
        };
        Order::place(new, now).map_err(|error| {
            Problem::conflict("order_too_large", "this is too much for one order; split it in two").caused_by(error)
        })
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

fn product_unavailable(gone: &[&ProductId]) -> Problem {
    Problem::conflict("product_unavailable", "a product in the cart is no longer sold; take it out")
        .with("product_ids", gone)
}
