//! The cart in responses: the lines of the shopper with current names, prices and stock.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::cart::Cart;
use souk_domain::money::Money;
use souk_runtime::http::{Amount, Problem};

use crate::CartContext;

/// A cart at current prices.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Cart")]
pub(crate) struct CartResponse {
    /// In the order in which they were added.
    items: Vec<CartItemResponse>,
    /// Total of the items whose product exists, in stock or not.
    total_amount: Amount,
    /// ISO 4217.
    currency: String,
}

/// A line of the cart. A product that no longer exists stays listed without name and price, is not available and not
/// part of the total. `POST /orders` refuses the cart until the line is removed.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CartItem")]
struct CartItemResponse {
    /// The id of the product.
    product_id: String,
    /// The current name of the product. Null if it no longer exists.
    name: Option<String>,
    /// The current price of a unit. Null if the product no longer exists.
    price: Option<Amount>,
    /// Units in the cart.
    quantity: u32,
    /// `price` times `quantity`. Null if the product no longer exists.
    line_total: Option<Amount>,
    /// Whether this quantity is in stock.
    available: bool,
    /// Units in stock.
    stock_quantity: u32,
}

impl CartContext {
    /// The cart with current names, prices and stock. Stock is strongly consistent. A price may be stale for the moment
    /// that the stream takes to reach the cache; `expected_total` at checkout guards against that.
    pub(crate) async fn response(&self, cart: &Cart) -> Result<CartResponse, Problem> {
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
            items.push(CartItemResponse {
                product_id: line.product_id.to_string(),
                name: product.map(|product| product.name.clone()),
                price: product.map(|product| Amount(product.price())),
                quantity: line.quantity.get(),
                line_total: line_total.map(Amount),
                available: line.quantity.get() <= stock_quantity,
                stock_quantity,
            });
        }
        Ok(CartResponse { items, total_amount: Amount(total), currency: self.currency.code().to_owned() })
    }
}
