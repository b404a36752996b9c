//! `PUT /admin/products/{product_id}`

use souk_catalog_functions::put_product::PutProduct;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let endpoint = PutProduct {
        products: wiring.products()?,
        categories: wiring.categories()?,
        inventory: wiring.inventory()?,
        clock: wiring.clock(),
        currency: wiring.currency()?,
    };
    http::run("put-product", endpoint).await
}
