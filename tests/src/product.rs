//! Products of the tests.

/// The category of the tests' own products.
pub const CATEGORY_ID: &str = "test-goods.widgets";

/// A product that a test created.
#[derive(Debug, Clone)]
pub struct Product {
    /// Its SKU.
    pub id: String,
    /// A word of its name that no other product has.
    pub word: String,
}
