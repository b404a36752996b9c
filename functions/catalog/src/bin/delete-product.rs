//! `DELETE /admin/products/{product_id}`

use souk_catalog_functions::delete_product::DeleteProduct;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("delete-product", DeleteProduct { products: wiring.products()? }).await
}
