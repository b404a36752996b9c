//! `GET /categories`

use souk_catalog_functions::list_categories::ListCategories;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("list-categories", ListCategories { categories: wiring.categories()? }).await
}
