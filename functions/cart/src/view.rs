//! A cart as clients see it: what the shopper chose, with names, prices and stock as they are now.

use serde::Serialize;
use souk_domain::cart::Cart;
use souk_domain::money::Money;
use souk_runtime::http::{Amount, Problem};

use crate::CartStores;

#[derive(Serialize)]
pub(crate) struct CartView {
    items: Vec<Item>,
    /// Of the items that still exist, in stock or not.
    total_amount: Amount,
    currency: String,
}

/// A product that no longer exists stays listed, so that the shopper learns of it: without name and price, not available,
/// and not part of the total. `POST /orders` refuses the cart until it is taken out.
#[derive(Serialize)]
struct Item {
    product_id: String,
    name: Option<String>,
    price: Option<Amount>,
    quantity: u32,
    line_total: Option<Amount>,
    /// Whether this many could be ordered now.
    available: bool,
    /// How many could.
    stock_quantity: u32,
}

impl CartStores {
    /// The cart with what the shop says of its products now. Stock is strongly consistent; a price may lag by the moment
    /// that the stream takes to reach the cache, and `expected_total` at checkout guards against that.
    pub(crate) async fn view(&self, cart: &Cart) -> Result<CartView, Problem> {
        let products = self.catalog.current_many(cart.lines.iter().map(|line| &line.product_id)).await?;
        let (mut items, mut total) = (Vec::with_capacity(cart.lines.len()), Money::zero(self.currency));
        for line in &cart.lines {
            let (product, stock_quantity) = products.get(&line.product_id).unzip();
            let stock_quantity = stock_quantity.unwrap_or(0);
            let line_total = product.map(|product| product.price().times(line.quantity.get())).transpose();
            let line_total = line_total.map_err(Problem::internal)?;
            if let Some(line_total) = line_total {
                total = total.plus(line_total).map_err(Problem::internal)?;
            }
            items.push(Item {
                product_id: line.product_id.to_string(),
                name: product.map(|product| product.name.clone()),
                price: product.map(|product| Amount(product.price())),
                quantity: line.quantity.get(),
                line_total: line_total.map(Amount),
                available: line.quantity.get() <= stock_quantity,
                stock_quantity,
            });
        }
        Ok(CartView { items, total_amount: Amount(total), currency: self.currency.code().to_owned() })
    }
}
