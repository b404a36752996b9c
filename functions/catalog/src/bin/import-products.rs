//! `POST /admin/imports`

use souk_catalog_functions::import::Importer;
use souk_catalog_functions::import_products::ImportProducts;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("import-products", ImportProducts { importer: Importer::from_wiring(&wiring)? }).await
}
