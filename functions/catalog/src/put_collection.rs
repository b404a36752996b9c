//! `PUT /admin/collections/{collection_id}`: creates a collection or replaces its name and rule. The index does not
//! change: the rule becomes filters of the search.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use souk_domain::catalog::{MAX_ATTRIBUTE_CHARS, Product};
use souk_domain::collection::{
    Collection, CollectionRule, MAX_COLLECTION_NAME_CHARS, MAX_COLLECTIONS, MAX_NEW_DAYS, MAX_RULE_BRAND_CHARS,
    MAX_RULE_CHOICES,
};
use souk_domain::effects::Clock;
use souk_domain::ids::{CATEGORY_ID_PATTERN, CollectionId, MAX_CATEGORY_ID_CHARS};
use souk_domain::money::Currency;
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{AllRead, Amount, Endpoint, Fields, Problem, Reply, Request};
use souk_store::{CollectionOutcome, Collections};

use crate::admin_list_collections::{CollectionResponse, response};

/// The largest version that clients in JavaScript read exactly.
const MAX_VERSION: i64 = 9_007_199_254_740_991;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "put-collection",
        "PUT /admin/collections/{collection_id}",
        Caller::Staff(Permission::CatalogueWrite),
        Tag::StaffCatalogue,
    )
    .summary("Creates a collection or replaces its name and rule")
    .description(
        "A product is in the collection if it meets all conditions; at least one is required. Lists follow a change \
         within ten seconds. A shop has at most 100 collections.",
    )
    .repeated(
        "Refused with 409 `collection_changed`, because the first request replaced the version that the request names.",
    )
    .body::<PutCollectionRequest>(
        r#"{
                "name": "Ink on sale", "category_id": "printing.ink-cartridges", "brands": ["HP", "Canon"],
                "max_price": 50, "on_sale": true, "version": 0
            }"#,
    )
    .answers::<CollectionResponse<'_>>(200, "The collection was replaced.")
    .answers::<CollectionResponse<'_>>(201, "The collection was created.")
    .problem(404, "not_found", "The id in the path is not 1 to 60 lower-case letters, digits and single hyphens.")
    .problem(409, "collection_changed", "The collection was changed, created or deleted meanwhile: read it again.")
    .problem(409, "too_many_collections", "There are 100 collections: delete one first.")
}

/// Creates or replaces a collection.
pub struct PutCollection {
    /// The collections.
    pub collections: Collections,
    /// For versions.
    pub clock: Arc<dyn Clock>,
    /// The currency of the shop.
    pub currency: Currency,
}

/// The request of `PUT /admin/collections/{collection_id}`. What it leaves out is no condition.
#[derive(JsonSchema)]
pub struct PutCollectionRequest {
    /// Shown to shoppers.
    #[schemars(length(min = 1, max = MAX_COLLECTION_NAME_CHARS))]
    pub name: String,
    /// Only products of this department or category.
    #[schemars(length(max = MAX_CATEGORY_ID_CHARS), regex(pattern = CATEGORY_ID_PATTERN))]
    pub category_id: Option<String>,
    /// Only products of any of these brands, as in the parameter `brand` of `GET /products`.
    #[schemars(length(max = MAX_RULE_CHOICES), inner(length(min = 1, max = MAX_RULE_BRAND_CHARS)))]
    pub brands: Option<Vec<String>>,
    /// Only products with any of the values of each of these attributes. At most 20 values in all.
    #[schemars(extend("maxProperties" = MAX_RULE_CHOICES))]
    #[schemars(extend("propertyNames" = {"minLength": 1, "maxLength": MAX_ATTRIBUTE_CHARS}))]
    #[schemars(extend("additionalProperties" = {
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_RULE_CHOICES,
        "items": {"type": "string", "minLength": 1, "maxLength": MAX_ATTRIBUTE_CHARS},
    }))]
    pub attributes: Option<BTreeMap<String, Vec<String>>>,
    /// Only products at this price or a higher one, in the shop's currency.
    #[schemars(extend("minimum" = 0))]
    pub min_price: Option<Amount>,
    /// Only products at this price or a lower one. Not below `min_price`.
    #[schemars(extend("minimum" = 0))]
    pub max_price: Option<Amount>,
    /// Only new products: released at most this many days ago and not in the future. Days are those of UTC.
    #[schemars(range(min = 1, max = MAX_NEW_DAYS))]
    pub released_within_days: Option<u32>,
    /// `true`: only products on sale, which have a `compare_at_price`.
    pub on_sale: Option<bool>,
    /// The `version` of the collection that this one replaces; 0 for a new one.
    #[schemars(range(min = 0, max = MAX_VERSION))]
    pub version: i64,
}

impl PutCollection {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { collections: deps.collections()?, clock: deps.clock(), currency: deps.currency()? })
    }
}

impl Endpoint for PutCollection {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::CatalogueWrite)?;
        let collection_id: CollectionId = request.path_id("collection_id", "collection")?;
        let mut fields = request.fields()?;
        let name = fields.text("name", MAX_COLLECTION_NAME_CHARS);
        let rule = rule(&mut fields, self.currency);
        // Without it, two concurrent edits would overwrite each other.
        let seen = fields.integer("version", 0..=MAX_VERSION);
        let (name, rule, seen) = fields.finish((name, rule, seen))?;

        let seen = (seen > 0).then_some(seen);
        // From the clock, so that a collection that was deleted and created again does not repeat a version.
        let version = Product::next_version(seen, self.clock.now());
        let collection = Collection { collection_id, name, rule, version };
        match self.collections.put(&collection, seen).await? {
            CollectionOutcome::Saved { before } => {
                let after = response(&collection, self.currency);
                let before = before.as_deref().map(|before| response(before, self.currency));
                let status = if seen.is_none() { 201 } else { 200 };
                Ok(Reply::json(status, &after).audit(&before, &after))
            }
            CollectionOutcome::VersionConflict => {
                Err(Problem::conflict("collection_changed", "the collection was changed meanwhile; read it again"))
            }
            CollectionOutcome::TooMany => {
                let detail = format!("there are {MAX_COLLECTIONS} collections; delete one first");
                Err(Problem::conflict("too_many_collections", detail))
            }
        }
    }
}

/// The rule; `None` if a condition is bad, which `fields` then reports.
fn rule(fields: &mut Fields<'_>, currency: Currency) -> Option<CollectionRule> {
    const OBJECT: &str = "must be an object of lists of texts";
    let category_id = fields.optional_parsed("category_id");
    let brands = fields.optional_json::<Vec<String>>("brands", "must be a list of texts");
    let attributes = fields.optional_json::<BTreeMap<String, Vec<String>>>("attributes", OBJECT);
    let min_price = fields.optional_money("min_price", currency);
    let max_price = fields.optional_money("max_price", currency);
    let days = fields.optional_integer("released_within_days", 1..=i64::from(MAX_NEW_DAYS));
    let on_sale = fields.optional_flag("on_sale");

    let (category_id, brands, attributes) = (category_id, brands, attributes).values()?;
    let (min_price, max_price, days, on_sale) = (min_price, max_price, days, on_sale).values()?;
    let rule = CollectionRule {
        category_id,
        brands: brands.unwrap_or_default(),
        attributes: attributes.unwrap_or_default(),
        min_price_minor: min_price.map(|price| price.minor()),
        max_price_minor: max_price.map(|price| price.minor()),
        released_within_days: days.and_then(|days| u32::try_from(days).ok()),
        on_sale: on_sale.unwrap_or(false),
    };
    rule.checked().map_err(|errors| fields.refuse(errors)).ok()
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    fn put(id: &str, body: &str) -> Request {
        let request = Request::new("PUT", "/admin/collections/x").with_path("collection_id", id).with_json(body);
        request.from_staff(user(9))
    }

    impl Fixture {
        pub(crate) fn put_collection_endpoint(&self) -> PutCollection {
            PutCollection { collections: self.collections.clone(), clock: self.clock.clone(), currency: Currency::USD }
        }

        /// Writes a collection, and returns its version.
        pub(crate) async fn put_collection(&self, id: &str, body: &str) -> i64 {
            let reply = self.put_collection_endpoint().handle(&put(id, body)).await.expect("written");
            reply.body_json()["version"].as_i64().expect("a version")
        }
    }

    #[tokio::test]
    async fn staff_replace_the_collection_that_they_saw() {
        let shop = Fixture::start().await;
        let endpoint = shop.put_collection_endpoint();
        let answer = async |body: &str| endpoint.handle(&put("sale", body)).await;
        assert_eq!(
            outcome(&answer(r#"{"name": "Sale", "on_sale": true, "version": 7}"#).await),
            (409, "collection_changed")
        );
        let create = r#"{"name": " Sale ", "on_sale": true, "version": 0}"#;
        let reply = endpoint.handle(&put("sale", create)).await.expect("created");
        assert_eq!((reply.status(), &reply.body_json()["name"]), (201, &"Sale".into()));
        let (before, after) = reply.audited().expect("for the audit log").json();
        assert_eq!((before, after), ("null", reply.body()));
        assert_eq!(outcome(&answer(create).await), (409, "collection_changed"));

        let version = reply.body_json()["version"].clone();
        let replace = format!(r#"{{"name": "Winter sale", "on_sale": true, "min_price": 1.5, "version": {version}}}"#);
        let replaced = endpoint.handle(&put("sale", &replace)).await.expect("replaced");
        assert_eq!((replaced.status(), &replaced.body_json()["id"]), (200, &"sale".into()));
        assert!(replaced.body().contains(r#""min_price":1.50,"max_price":null"#), "{}", replaced.body());
        assert_eq!(replaced.audited().expect("for the audit log").json().0, reply.body());
        assert_eq!(outcome(&answer(&replace).await), (409, "collection_changed"));
    }

    #[tokio::test]
    async fn a_collection_that_was_made_again_is_another_version() {
        let shop = Fixture::start().await;
        let create = r#"{"name": "Sale", "on_sale": true, "version": 0}"#;
        let first = shop.put_collection("sale", create).await;
        let deleted = shop.collections.delete(&"sale".parse().expect("an id")).await.expect("deleted");
        assert!(deleted.is_some());
        shop.clock.advance_seconds(1);
        shop.put_collection("sale", create).await;
        let late = format!(r#"{{"name": "Late", "on_sale": true, "version": {first}}}"#);
        let refused = shop.put_collection_endpoint().handle(&put("sale", &late)).await;
        assert_eq!(outcome(&refused), (409, "collection_changed"));
    }

    #[tokio::test]
    async fn a_shop_has_a_hundred_collections() {
        let shop = Fixture::start().await;
        let create = r#"{"name": "Sale", "on_sale": true, "version": 0}"#;
        for number in 0..MAX_COLLECTIONS {
            shop.put_collection(&format!("c{number}"), create).await;
        }
        let refused = shop.put_collection_endpoint().handle(&put("one-more", create)).await;
        assert_eq!(outcome(&refused), (409, "too_many_collections"));
    }

    #[tokio::test]
    async fn the_example_of_the_contract_works() {
        let shop = Fixture::start().await;
        let example = operation().body.expect("a body").example;
        let reply = shop.put_collection_endpoint().handle(&put("ink", example)).await.expect("created");
        assert_eq!((reply.status(), &reply.body_json()["brands"]), (201, &serde_json::json!(["HP", "Canon"])));
    }

    #[tokio::test]
    async fn bad_fields_are_reported_and_nothing_is_written() {
        let shop = Fixture::start().await;
        let endpoint = shop.put_collection_endpoint();
        let refused = async |body: &str| {
            let problem = endpoint.handle(&put("sale", body)).await.expect_err("refused");
            assert_eq!(problem.status(), 422);
            problem.errors().iter().map(|e| format!("{} {}", e.field, e.code)).collect::<Vec<_>>()
        };
        assert_eq!(refused("{}").await, ["name required", "on_sale required", "version required"]);
        assert_eq!(refused(r#"{"name": "n", "on_sale": false, "version": 0}"#).await, ["on_sale required"]);
        let bad = r#"{"name": "", "category_id": "A", "brands": "HP", "attributes": {"a": "b"}, "min_price": 0.001,
            "max_price": -1, "released_within_days": 366, "on_sale": 1, "version": -1}"#;
        let expected = [
            "name",
            "category_id",
            "brands",
            "attributes",
            "min_price",
            "max_price",
            "released_within_days",
            "on_sale",
            "version",
        ];
        let errors = refused(bad).await;
        let named: Vec<_> = errors.iter().filter_map(|error| error.split(' ').next()).collect();
        assert_eq!(named, expected, "{errors:?}");
        let crossed = r#"{"name": "n", "brands": ["HP", ""], "min_price": 2, "max_price": 1, "version": 0}"#;
        assert_eq!(refused(crossed).await, ["brands[1] required", "max_price out_of_range"]);

        let good = r#"{"name": "Sale", "on_sale": true, "version": 0}"#;
        let answer = async |request: &Request| outcome(&endpoint.handle(request).await).0;
        for id in ["No", "a b", "a--b", "-a", &"x".repeat(61)] {
            assert_eq!(answer(&put(id, good)).await, 404, "{id}");
        }
        assert_eq!(answer(&put("sale", good).from_user(user(1))).await, 403);
        assert_eq!(answer(&Request::new("PUT", "/").with_path("collection_id", "sale").with_json(good)).await, 401);
        assert!(shop.collections.latest().await.expect("read").is_empty());
    }
}
