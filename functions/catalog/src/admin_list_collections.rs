//! `GET /admin/collections`: the collections with their rules.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::collection::Collection;
use souk_domain::ids::CategoryId;
use souk_domain::money::{Currency, Money};
use souk_domain::permission::Permission;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, Tag};
use souk_runtime::http::{Amount, Endpoint, Problem, Reply, Request};
use souk_store::Collections;

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    Operation::new(
        "admin-list-collections",
        "GET /admin/collections",
        Caller::Staff(Permission::CatalogueRead),
        Tag::StaffCatalogue,
    )
    .summary("Lists the collections with their rules")
    .answers::<AdminCollectionsResponse<'_>>(200, "All collections, with their versions.")
}

/// Lists the collections with their rules.
pub struct AdminListCollections {
    /// The collections.
    pub collections: Collections,
    /// The currency of the shop.
    pub currency: Currency,
}

impl AdminListCollections {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { collections: deps.collections()?, currency: deps.currency()? })
    }
}

/// The collections of the shop, for staff.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AdminCollectionList")]
struct AdminCollectionsResponse<'a> {
    /// The collections, by id.
    collections: Vec<CollectionResponse<'a>>,
}

/// A collection and its rule: a product in it meets all conditions.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Collection")]
pub(crate) struct CollectionResponse<'a> {
    /// The id of the collection.
    id: &'a str,
    /// Its name.
    name: &'a str,
    /// Products of this department or category. Null without that condition.
    category_id: Option<&'a str>,
    /// Products of any of these brands. Empty without that condition.
    brands: &'a [String],
    /// Products with any of the values of each of these attributes. Empty without that condition.
    attributes: &'a BTreeMap<String, Vec<String>>,
    /// Products at this price or a higher one. Null without that condition.
    min_price: Option<Amount>,
    /// Products at this price or a lower one. Null without that condition.
    max_price: Option<Amount>,
    /// ISO 4217, of both prices.
    #[schemars(with = "String")]
    currency: Currency,
    /// Products that were released at most this many days ago. Null without that condition.
    released_within_days: Option<u32>,
    /// Only products that have a `compare_at_price`.
    on_sale: bool,
    /// A change must send it back.
    version: i64,
}

impl Endpoint for AdminListCollections {
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        request.staff(Permission::CatalogueRead)?;
        let all = self.collections.latest().await?;
        let collections = all.iter().map(|collection| response(collection, self.currency)).collect();
        Ok(Reply::ok(&AdminCollectionsResponse { collections }))
    }
}

/// The response with this collection.
pub(crate) fn response(collection: &Collection, currency: Currency) -> CollectionResponse<'_> {
    let rule = &collection.rule;
    let amount = |minor: i64| Amount(Money::from_minor(minor, currency));
    CollectionResponse {
        id: collection.collection_id.as_str(),
        name: &collection.name,
        category_id: rule.category_id.as_ref().map(CategoryId::as_str),
        brands: &rule.brands,
        attributes: &rule.attributes,
        min_price: rule.min_price_minor.map(amount),
        max_price: rule.max_price_minor.map(amount),
        currency,
        released_within_days: rule.released_within_days,
        on_sale: rule.on_sale,
        version: collection.version,
    }
}

#[cfg(test)]
mod tests {
    use souk_testkit::user;

    use super::*;
    use crate::fixture::{Fixture, outcome};

    #[tokio::test]
    async fn staff_alone_see_the_rules() {
        let shop = Fixture::start().await;
        let endpoint = AdminListCollections { collections: shop.collections.clone(), currency: Currency::USD };
        let get = || Request::new("GET", "/admin/collections");
        assert_eq!(outcome(&endpoint.handle(&get()).await), (401, "token_required"));
        assert_eq!(outcome(&endpoint.handle(&get().from_user(user(1))).await), (403, "forbidden"));
        let list = async || endpoint.handle(&get().from_staff(user(9))).await.expect("listed").body().to_owned();
        assert_eq!(list().await, r#"{"collections":[]}"#);
        let body = r#"{"name": "Cyan", "attributes": {"Colour": ["Cyan"]}, "max_price": 9.5, "version": 0}"#;
        let version = shop.put_collection("cyan", body).await;
        // At once, unlike the list of shoppers.
        let rule = r#""category_id":null,"brands":[],"attributes":{"Colour":["Cyan"]},"min_price":null,"max_price":9.50,"currency":"USD","released_within_days":null,"on_sale":false"#;
        let expected = format!(r#"{{"collections":[{{"id":"cyan","name":"Cyan",{rule},"version":{version}}}]}}"#);
        assert_eq!(list().await, expected);
    }
}
