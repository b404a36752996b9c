//! Products in responses.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use souk_domain::catalog::{AttributeValue, CategoryPath, Product};
use souk_domain::time::Timestamp;
use souk_runtime::http::{Amount, raw_number};

/// A product in a list.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ProductSummary")]
pub(crate) struct ProductSummary<'a> {
    /// The id of the product.
    id: &'a str,
    /// Its name.
    name: &'a str,
    /// The price of a unit.
    price: Amount,
    /// The price before a reduction, higher than `price`. Absent unless the product is on sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    compare_at_price: Option<Amount>,
    /// ISO 4217.
    currency: &'a str,
    /// Units in stock.
    stock_quantity: u32,
    /// The same as `id`.
    sku: &'a str,
    /// Its brand. Null if it has none.
    brand: Option<&'a str>,
    /// The address of a small picture.
    thumbnail_url: Option<&'a str>,
}

/// A whole product.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Product")]
pub(crate) struct ProductResponse<'a> {
    #[serde(flatten)]
    summary: ProductSummary<'a>,
    #[serde(flatten)]
    details: ProductDetails<'a>,
}

/// A whole product without its stock.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ProductDocument")]
pub(crate) struct ProductDocument<'a> {
    /// The id of the product.
    id: &'a str,
    /// Its name.
    name: &'a str,
    /// The price of a unit.
    price: Amount,
    /// The price before a reduction, higher than `price`. Absent unless the product is on sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    compare_at_price: Option<Amount>,
    /// ISO 4217.
    currency: &'a str,
    /// The same as `id`.
    sku: &'a str,
    /// Its brand. Null if it has none.
    brand: Option<&'a str>,
    /// The address of a small picture.
    thumbnail_url: Option<&'a str>,
    #[serde(flatten)]
    details: ProductDetails<'a>,
}

/// What only the page of a product shows.
#[derive(Serialize, JsonSchema)]
struct ProductDetails<'a> {
    /// For the product's page. Null if it has none.
    description: Option<&'a str>,
    /// The categories around it, from the department down, with their present names; empty for a product without a
    /// category.
    category: Vec<CategoryStep<'a>>,
    /// Properties of the product by name, such as `Colour`.
    attributes: BTreeMap<&'a str, Attribute<'a>>,
    /// The address of a picture.
    image_url: Option<&'a str>,
    /// EAN and GTIN codes, of each package and market.
    ean: &'a [String],
    /// The date of its release.
    #[schemars(extend("format" = "date"))]
    released: Option<&'a str>,
    /// The most units in one order. Null if the shop's maximum for any product applies.
    max_per_order: Option<u32>,
    /// Grows with each change of the product. Changes of its stock do not count.
    version: i64,
    /// The time of the change that made this version.
    #[schemars(extend("format" = "date-time"))]
    updated_at: String,
}

/// A department, or a category in it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ProductCategory")]
pub(crate) struct CategoryStep<'a> {
    /// Send it as `category_id` to `GET /products`.
    id: &'a str,
    /// Its name.
    name: &'a str,
}

/// The value of an attribute.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "AttributeValue")]
enum Attribute<'a> {
    Text(&'a str),
    /// Exactly as staff wrote it.
    Number(#[schemars(with = "serde_json::Number")] Box<RawValue>),
    Flag(bool),
}

pub(crate) fn summary(product: &Product, stock_quantity: u32) -> ProductSummary<'_> {
    ProductSummary {
        id: product.product_id.as_str(),
        name: &product.name,
        price: Amount(product.price()),
        compare_at_price: product.compare_at_price().map(Amount),
        currency: product.currency.code(),
        stock_quantity,
        sku: product.product_id.as_str(),
        brand: product.brand.as_deref(),
        thumbnail_url: product.thumbnail_url.as_deref(),
    }
}

/// A product whose category is this one now.
pub(crate) fn detail<'a>(product: &'a Product, category: &'a CategoryPath, stock_quantity: u32) -> ProductResponse<'a> {
    ProductResponse { summary: summary(product, stock_quantity), details: details(product, category) }
}

/// A product whose category is this one now.
pub(crate) fn document<'a>(product: &'a Product, category: &'a CategoryPath) -> ProductDocument<'a> {
    ProductDocument {
        id: product.product_id.as_str(),
        name: &product.name,
        price: Amount(product.price()),
        compare_at_price: product.compare_at_price().map(Amount),
        currency: product.currency.code(),
        sku: product.product_id.as_str(),
        brand: product.brand.as_deref(),
        thumbnail_url: product.thumbnail_url.as_deref(),
        details: details(product, category),
    }
}

/// The categories of a path.
pub(crate) fn steps(path: &CategoryPath) -> Vec<CategoryStep<'_>> {
    let categories = path.categories().iter();
    categories.map(|c| CategoryStep { id: c.category_id.as_str(), name: &c.name }).collect()
}

fn details<'a>(product: &'a Product, category: &'a CategoryPath) -> ProductDetails<'a> {
    let attributes = product.attributes.iter().map(|(name, value)| {
        let value = match value {
            AttributeValue::Text(text) => Attribute::Text(text),
            AttributeValue::Number(number) => Attribute::Number(raw_number(number)),
            AttributeValue::Flag(flag) => Attribute::Flag(*flag),
        };
        (name.as_str(), value)
    });
    ProductDetails {
        description: product.description.as_deref(),
        category: steps(category),
        attributes: attributes.collect(),
        image_url: product.image_url.as_deref(),
        ean: &product.ean,
        released: product.released.as_deref(),
        max_per_order: product.max_per_order,
        version: product.version,
        updated_at: Timestamp::from_millis(product.version).to_rfc3339(),
    }
}
