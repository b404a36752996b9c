//! `GET /inventory?product_ids=a,b,c`: the available units of products, strongly consistent.

use futures_util::{StreamExt, TryStreamExt, stream};
use schemars::{JsonSchema, json_schema};
use serde::Serialize;
use souk_domain::ids::{MAX_PRODUCT_ID_CHARS, ProductId};
use souk_domain::stock::total;
use souk_domain::validation::Invalid;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::contract::{Caller, Operation, PRODUCT_ID_PATTERN, Parameter, Tag};
use souk_runtime::http::{Endpoint, Problem, Reply, Request};
use souk_store::Inventory;

/// Maximum products of one request: as many as a page shows. Anyone may call, and each product costs a strongly consistent
/// query of the table that checkout writes.
const MAX_PRODUCTS: usize = 10;
/// Maximum length of the list: every id at its maximum length, with a comma and a space.
const MAX_LIST_CHARS: usize = MAX_PRODUCTS * (MAX_PRODUCT_ID_CHARS + 2);

/// The endpoint in the HTTP contract.
pub fn operation() -> Operation {
    let product_ids = json_schema!({
        "type": "array",
        "items": {"type": "string", "maxLength": MAX_PRODUCT_ID_CHARS, "pattern": PRODUCT_ID_PATTERN},
        "minItems": 1,
        "maxItems": MAX_PRODUCTS,
    });
    let product_ids =
        Parameter::query("product_ids", product_ids, "The ids of up to 10 products, separated by commas.");
    Operation::new("get-inventory", "GET /inventory", Caller::Anyone, Tag::Catalogue)
        .summary("Shows the current stock of products")
        .description(
            "The stock is strongly consistent, as in `GET /products/{product_id}`. Lists may show it about a second \
             late. Units that orders hold are not in stock.",
        )
        .parameter(product_ids.required().style("form", false))
        .answers::<GetInventoryResponse>(200, "The stock of each product.")
}

/// Reads the available units of products.
pub struct GetInventory {
    /// The inventory table.
    pub inventory: Inventory,
}

impl GetInventory {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        Ok(Self { inventory: deps.inventory()? })
    }
}

/// The current stock of products.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StockList")]
struct GetInventoryResponse {
    /// Each product once, in the order of the request.
    items: Vec<AvailableUnits>,
}

/// The current stock of a product.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ProductStock")]
struct AvailableUnits {
    /// The id of the product.
    #[schemars(with = "String")]
    product_id: ProductId,
    /// Units in stock: 0 also for a product that does not exist.
    available: u32,
}

impl Endpoint for GetInventory {
    /// Each product once, in the order of the request. A product without stock, or one that does not exist, has 0.
    async fn handle(&self, request: &Request) -> Result<Reply, Problem> {
        let mut query = request.query();
        let product_ids = query.text("product_ids", MAX_LIST_CHARS).and_then(|list| {
            let read = read_ids(&list);
            read.map_err(|invalid| query.refuse([invalid.at("product_ids")])).ok()
        });
        let (product_ids,) = query.finish((product_ids,))?;

        let counts = stream::iter(product_ids).map(|product_id| async move {
            let available = total(&self.inventory.counts(&product_id).await?);
            Ok::<_, Problem>(AvailableUnits { product_id, available })
        });
        let items = counts.buffered(MAX_PRODUCTS).try_collect().await?;
        Ok(Reply::ok(&GetInventoryResponse { items }))
    }
}

fn read_ids(list: &str) -> Result<Vec<ProductId>, Invalid> {
    let mut ids: Vec<ProductId> = Vec::new();
    for raw in list.split(',') {
        let id = raw.trim().parse()?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.len() > MAX_PRODUCTS {
        return Err(Invalid::new("too_long", format!("must have at most {MAX_PRODUCTS} ids")));
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, outcome};

    #[tokio::test]
    async fn counts_have_the_order_of_the_request() {
        let shop = Fixture::start().await;
        shop.count("a", 3).await;
        shop.count("b", 4).await;
        let endpoint = GetInventory { inventory: shop.inventory.clone() };
        let request = Request::new("GET", "/inventory").with_query("product_ids", "b, never,a,b");
        let reply = endpoint.handle(&request).await.expect("counted");
        let items = r#"{"items":[{"product_id":"b","available":4},{"product_id":"never","available":0},{"product_id":"a","available":3}]}"#;
        assert_eq!(reply.body(), items);
        assert_eq!(reply.headers()["cache-control"], "no-store");
    }

    #[tokio::test]
    async fn lists_have_bounds() {
        let shop = Fixture::start().await;
        let endpoint = GetInventory { inventory: shop.inventory.clone() };
        let ask = async |list: &str| {
            let request = Request::new("GET", "/inventory").with_query("product_ids", list);
            endpoint.handle(&request).await.map(|reply| reply.status()).map_err(|problem| problem.status())
        };
        let ids = |n: usize| (0..n).map(|n| format!("{n:064}")).collect::<Vec<_>>().join(", ");
        assert_eq!(ask(&ids(10)).await, Ok(200));
        for bad in [ids(11).as_str(), "a,,b", ",", "a b", ""] {
            assert_eq!(ask(bad).await, Err(422), "{bad}");
        }
        assert_eq!(outcome(&endpoint.handle(&Request::new("GET", "/inventory")).await), (422, "invalid_fields"));
    }
}
