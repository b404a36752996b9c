//! Request bodies.

use serde_json::{Value, json};

use crate::product::Product;
use crate::text::unique_word;

/// The password of every test account.
pub const PASSWORD: &str = "correct horse battery staple";

/// An address that is not registered.
pub fn fresh_email() -> String {
    format!("shopper-{}@souk.example", unique_word())
}

/// Registers a test account, or logs one in.
pub fn credentials(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD})
}

/// Places an order.
pub fn checkout() -> Value {
    json!({
        "payment_method": "credit_card",
        "shipping_address": "1 Main Street, Springfield",
        "contact": {"email": "ann@souk.example"},
    })
}

/// Ships an order.
pub fn shipment() -> Value {
    json!({"carrier": "DHL", "tracking_number": "00340434161094042557"})
}

/// Requests the return of units of a product.
pub fn return_items(product: &Product, quantity: u32) -> Value {
    json!({"items": [{"product_id": product.id, "quantity": quantity, "reason": "too small"}]})
}
