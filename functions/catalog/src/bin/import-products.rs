//! `POST /admin/imports`

use souk_catalog_functions::import_products::ImportProducts;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let endpoint = ImportProducts {
        products: wiring.products()?,
        categories: wiring.categories()?,
        inventory: wiring.inventory()?,
        clock: wiring.clock(),
        random: wiring.random(),
        currency: wiring.currency()?,
    };
    http::run("import-products", endpoint).await
}
