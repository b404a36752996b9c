//! `GET /products/{product_id}`

use souk_catalog_functions::get_product::GetProduct;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let endpoint = GetProduct { products: wiring.cached_products()?, inventory: wiring.inventory()? };
    http::run("get-product", endpoint).await
}
