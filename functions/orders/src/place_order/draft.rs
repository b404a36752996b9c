//! The order that a cart would become: prices as they are now, from the products table, never from cart or client.

use souk_domain::address::ShippingAddress;
use souk_domain::cart::{Cart, CartLine};
use souk_domain::catalog::Product;
use souk_domain::ids::{OrderId, ProductId};
use souk_domain::order::{NewOrder, Order, OrderLine, PaymentMethod};
use souk_domain::stock::Allocation;
use souk_runtime::http::Problem;

use super::PlaceOrder;

impl PlaceOrder {
    pub(super) async fn draft(
        &self,
        cart: &Cart,
        payment_method: PaymentMethod,
        shipping_address: ShippingAddress,
    ) -> Result<Order, Problem> {
        let products = self.products.get_many(cart.lines.iter().map(|line| &line.product_id), true).await?;
        let (mut lines, mut gone) = (Vec::with_capacity(cart.lines.len()), Vec::new());
        for line in &cart.lines {
            match products.get(&line.product_id) {
                Some(product) => lines.push(self.line(line, product)),
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

    /// A line whose units come from one shard, chosen blindly: most products have one, and of many one most likely has
    /// enough. The transaction says if not.
    fn line(&self, line: &CartLine, product: &Product) -> OrderLine {
        let shard = self.random.below(u64::from(product.stock_shards));
        let shard = self.inventory.shard(u32::try_from(shard).unwrap_or(0));
        OrderLine {
            product_id: line.product_id.clone(),
            name: product.name.clone(),
            unit_price_minor: product.price_minor,
            quantity: line.quantity,
            allocation: vec![Allocation { shard, quantity: line.quantity.get() }],
        }
    }
}

fn product_unavailable(gone: &[&ProductId]) -> Problem {
    Problem::conflict("product_unavailable", "a product in the cart is no longer sold; take it out")
        .with("product_ids", gone)
}
