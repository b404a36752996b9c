//! `PUT /admin/products/{product_id}`: creates a product or replaces the whole of it. Stock is not part of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use souk_domain::catalog::{
    MAX_ATTRIBUTE_CHARS, MAX_ATTRIBUTES, MAX_CATEGORY_CHARS, MAX_CATEGORY_LEVELS, MAX_DESCRIPTION_CHARS,
    MAX_NAME_CHARS, Product,
};
use souk_domain::effects::Clock;
use souk_domain::ids::ProductId;
use souk_domain::money::Currency;
use souk_domain::permission::Permission;
use souk_domain::quantity::MAX_QUANTITY;
use souk_domain::stock::total;
use souk_domain::validation::FieldError;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Amount, Endpoint, Problem, Reply, Request};
use souk_store::{Categories, Inventory, Products, SaveOutcome, StoreError};

use crate::product_fields::{MAX_BRAND_CHARS, MAX_EANS, MAX_URL_CHARS, next_version_of, product_from_fields};
use crate::view::{self, ProductResponse};

/// Attempts to write a product that other writers change at the same time.
const MAX_ATTEMPTS: u32 = 8;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "put-product",
        "PUT /admin/products/{product_id}",
        Caller::Staff(Permission::CatalogueWrite),
        Tag::StaffCatalogue,
    )
    .summary("Creates a product or replaces the whole of it")
    .description(
        "What the request leaves out is removed from the product. Stock is not part of it: a new product has none. A \
             category that does not exist yet is created.",
    )
    .repeated("The product stays as requested, with a new version.")
    .body::<PutProductRequest>(
        r#"{
                "name": "HP 364XL", "brand": "HP", "price": 12.50, "category": ["Printing", "Ink cartridges"],
                "attributes": {"Colour": "Cyan", "Page yield": 750, "Original": true}, "ean": ["0882780756328"]
            }"#,
    )
    .answers::<ProductResponse<'_>>(200, "The product was replaced.")
    .answers::<ProductResponse<'_>>(201, "The product was created.")
    .problem(404, "not_found", "The id in the path is not 1 to 64 letters, digits, `-`, `_` or `.`.")
}

/// Creates or replaces a product.
pub struct PutProduct {
    /// The products table.
    pub products: Products,
    /// The categories table.
    pub categories: Categories,
    /// The inventory table, for the response.
    pub inventory: Inventory,
    /// For the version of the product.
    pub clock: Arc<dyn Clock>,
    /// The currency of the shop.
    pub currency: Currency,
}

/// The request of `PUT /admin/products/{product_id}`.
#[derive(JsonSchema)]
pub struct PutProductRequest {
    /// The id in the path, or left out.
    pub sku: Option<String>,
    /// Shown to shoppers.
    #[schemars(length(min = 1, max = MAX_NAME_CHARS))]
    pub name: String,
    /// For the product's page.
    #[schemars(length(min = 1, max = MAX_DESCRIPTION_CHARS))]
    pub description: Option<String>,
    /// Lists can be filtered by it.
    #[schemars(length(min = 1, max = MAX_BRAND_CHARS))]
    pub brand: Option<String>,
    /// The names of its categories, from the department down. A category is known by its present name, and by the name
    /// and place that it was made with. One that does not exist is made; its id is made from its name.
    #[schemars(length(max = MAX_CATEGORY_LEVELS), inner(length(min = 1, max = MAX_CATEGORY_CHARS)))]
    pub category: Option<Vec<String>>,
    /// Properties of the product by name, such as `Colour`. Names have at most 500 characters. Those that are null are
    /// left out.
    #[schemars(extend("maxProperties" = MAX_ATTRIBUTES))]
    #[schemars(extend("propertyNames" = {"minLength": 1, "maxLength": MAX_ATTRIBUTE_CHARS}))]
    pub attributes: Option<BTreeMap<String, Option<AttributeValueRequest>>>,
    /// Not negative, with at most the decimals of the shop's currency, and without an exponent.
    #[schemars(extend("minimum" = 0))]
    pub price: Amount,
    /// The price before a reduction, which makes the product one on sale: higher than `price`, in the same currency.
    #[schemars(extend("minimum" = 0))]
    pub compare_at_price: Option<Amount>,
    /// The shop's currency, or left out.
    #[schemars(regex(pattern = "^[A-Z]{3}$"))]
    pub currency: Option<String>,
    /// The address of a picture: https, or a path on the origin of the shop. `http://` is stored as `https://`.
    #[schemars(length(max = MAX_URL_CHARS), regex(pattern = WEB_ADDRESS))]
    pub image_url: Option<String>,
    /// The address of a small picture.
    #[schemars(length(max = MAX_URL_CHARS), regex(pattern = WEB_ADDRESS))]
    pub thumbnail_url: Option<String>,
    /// EAN and GTIN codes, of each package and market.
    #[schemars(length(max = MAX_EANS), inner(regex(pattern = "^[0-9]{8,14}$")))]
    pub ean: Option<Vec<String>>,
    /// The date of its release.
    #[schemars(extend("format" = "date"))]
    pub released: Option<String>,
    /// The most units in one order. Without it, the shop's maximum for any product applies.
    #[schemars(range(min = 1, max = MAX_QUANTITY))]
    pub max_per_order: Option<u32>,
}

/// What [`product_from_fields`] accepts as an address.
const WEB_ADDRESS: &str = r#"^(https?://[^\s\x00-\x1f\x7f-\x9f"'<>\\`@]+|/([^/\s\x00-\x1f\x7f-\x9f"'<>\\`][^\s\x00-\x1f\x7f-\x9f"'<>\\`]*)?)$"#;

/// The value of an attribute.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum AttributeValueRequest {
    /// A text.
    Text(#[schemars(length(min = 1, max = MAX_ATTRIBUTE_CHARS))] String),
    /// A number of at most 40 characters. It is shown as it was sent.
    Number(serde_json::Number),
    /// True or false.
    Flag(bool),
}

impl PutProduct {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self {
            products: deps.products()?,
            categories: deps.categories()?,
            inventory: deps.inventory()?,
            clock: deps.clock(),
            currency: deps.currency()?,
        })
    }
}

impl Endpoint for PutProduct {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::CatalogueWrite)?;
        let product_id: ProductId = request.path_id("product_id", "product")?;
        let mut fields = request.fields()?.of_products();
        let draft = product_from_fields(&mut fields, Some(&product_id), self.currency);
        let (draft,) = fields.finish((draft,))?;

        // Before the product, so that the tree has every category that is in use.
        let filed = self.categories.file(std::slice::from_ref(&draft.category)).await?;
        let category =
            filed.into_iter().next().transpose().map_err(|error| {
                Problem::invalid(vec![FieldError::new("category", "out_of_range", error.to_string())])
            })?;
        let draft = Product { category: category.unwrap_or_default(), ..draft };
        let (before, product) = self.save(&draft).await?;
        let status = if before.is_none() { 201 } else { 200 };
        let stock_quantity = total(&self.inventory.counts(&product_id).await?);
        Ok(Reply::json(status, &view::detail(&product, &product.category, stock_quantity)).audit(&before, &product))
    }
}

impl PutProduct {
    /// Writes the product over the stored one, and returns both.
    async fn save(&self, draft: &Product) -> Result<(Option<Product>, Product), Problem> {
        for attempt in 0..MAX_ATTEMPTS {
            let seen = self.products.get(&draft.product_id).await?;
            let product = next_version_of(seen.as_ref(), draft, self.clock.now());
            match self.products.put(&product, seen.as_ref().map(|seen| seen.version)).await? {
                SaveOutcome::Saved => return Ok((seen, product)),
                SaveOutcome::VersionConflict => self.products.back_off(attempt).await,
            }
        }
        Err(StoreError::Conflict.into())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome, sku};

    fn put(product_id: &str, body: &str) -> Request {
        let request = Request::new("PUT", "/admin/products/x").with_path("product_id", product_id).with_json(body);
        request.from_staff(user(9))
    }

    fn endpoint(shop: &Fixture) -> PutProduct {
        PutProduct {
            products: shop.products.clone(),
            categories: shop.categories.clone(),
            inventory: shop.inventory.clone(),
            clock: shop.clock.clone(),
            currency: Currency::USD,
        }
    }

    #[tokio::test]
    async fn a_product_is_created_then_replaced_as_a_whole() {
        let shop = Fixture::start().await;
        let endpoint = endpoint(&shop);
        let body =
            r#"{"sku": "1399", "name": "HP 364XL", "brand": "HP", "price": 12.50, "category": ["Printing", "Ink"]}"#;
        let reply = endpoint.handle(&put("1399", body)).await.expect("created");
        assert_eq!(reply.status(), 201);
        assert_eq!(reply.audited().expect("for the audit log").json().0, "null");
        assert!(reply.body().contains(r#""price":12.50"#) && reply.body().contains(r#""stock_quantity":0"#));
        assert_eq!(shop.category_ids().await, ["printing", "printing.ink"]);

        shop.count("1399", 3).await;
        let reply = endpoint.handle(&put("1399", r#"{"name": "HP 364", "price": 9}"#)).await.expect("replaced");
        assert_eq!(reply.status(), 200);
        let (before, after) = reply.audited().expect("for the audit log").json();
        assert!(before.contains(r#""price_minor":1250"#) && after.contains(r#""price_minor":900"#), "{before} {after}");
        assert!(reply.body().contains(r#""price":9.00"#) && reply.body().contains(r#""stock_quantity":3"#));
        let product = shop.products.get(&sku("1399")).await.expect("read").expect("a product");
        assert_eq!((product.name.as_str(), product.brand, product.category.leaf()), ("HP 364", None, None));
        assert_eq!(product.version, 1_795_503_420_001); // the clock stood still, the version did not
    }

    #[tokio::test]
    async fn the_example_of_the_contract_works() {
        let shop = Fixture::start().await;
        let example = operation().body.expect("a body").example;
        let reply = endpoint(&shop).handle(&put("1399", example)).await.expect("created");
        assert_eq!((reply.status(), &reply.body_json()["name"]), (201, &"HP 364XL".into()));
    }

    #[tokio::test]
    async fn a_sale_begins_and_ends_with_the_price_before_it() {
        let shop = Fixture::start().await;
        let endpoint = endpoint(&shop);
        let sale = r#"{"name": "HP 364", "price": 9, "compare_at_price": 12}"#;
        let reply = endpoint.handle(&put("1399", sale)).await.expect("created");
        assert!(reply.body().contains(r#""price":9.00,"compare_at_price":12.00"#), "{}", reply.body());
        assert!(reply.audited().expect("for the audit log").json().1.contains(r#""compare_at_price_minor":1200"#));
        let reply = endpoint.handle(&put("1399", r#"{"name": "HP 364", "price": 12}"#)).await.expect("replaced");
        assert!(!reply.body().contains("compare_at_price"), "{}", reply.body());
        let refused = endpoint.handle(&put("1399", r#"{"name": "HP 364", "price": 12, "compare_at_price": 12}"#)).await;
        assert_eq!(outcome(&refused), (422, "invalid_fields"));
    }

    #[tokio::test]
    async fn its_shards_are_kept() {
        let shop = Fixture::start().await;
        let endpoint = endpoint(&shop);
        endpoint.handle(&put("hot", r#"{"name": "Hot", "price": 1}"#)).await.expect("created");
        let seen = shop.products.get(&sku("hot")).await.expect("read").expect("a product");
        let spread = Product { stock_shards: 8, version: seen.version + 1, ..seen.clone() };
        assert_eq!(shop.products.put(&spread, Some(seen.version)).await.expect("written"), SaveOutcome::Saved);
        endpoint.handle(&put("hot", r#"{"name": "Hot", "price": 2}"#)).await.expect("replaced");
        let product = shop.products.get(&sku("hot")).await.expect("read").expect("a product");
        assert_eq!((product.stock_shards, product.price_minor), (8, 200));
    }

    #[tokio::test]
    async fn concurrent_writers_succeed_or_get_a_retryable_error() {
        let shop = Fixture::start().await;
        let endpoint = endpoint(&shop);
        let request = put("a", r#"{"name": "A", "price": 1}"#);
        let results = join_all((0..5).map(|_| endpoint.handle(&request))).await;
        let created = results.iter().filter(|result| outcome(result) == (201, "")).count();
        assert_eq!(created, 1);
        for result in &results {
            assert!(matches!(outcome(result), (200 | 201, "") | (503, "temporarily_unavailable")));
        }
    }

    #[tokio::test]
    async fn bad_fields_are_reported_and_nothing_is_written() {
        let shop = Fixture::start().await;
        let endpoint = endpoint(&shop);
        let problem = endpoint.handle(&put("1399", r#"{"sku": "1400", "price": "9"}"#)).await.expect_err("refused");
        let fields: Vec<_> = problem.errors().iter().map(|e| (e.field.as_str(), e.code)).collect();
        assert_eq!(fields, [("sku", "unknown_value"), ("name", "required"), ("price", "wrong_type")]);
        let good = r#"{"name": "HP 364", "price": 9}"#;
        let answer = async |request: &Request| outcome(&endpoint.handle(request).await).0;
        assert_eq!(answer(&put("no id", good)).await, 404);
        assert_eq!(answer(&put("1399", "[]")).await, 400);
        assert_eq!(answer(&put("1399", good).from_user(user(1))).await, 403);
        assert_eq!(answer(&Request::new("PUT", "/").with_path("product_id", "1399").with_json(good)).await, 401);
        assert_eq!(shop.products.get(&sku("1399")).await.expect("read"), None);
    }
}
