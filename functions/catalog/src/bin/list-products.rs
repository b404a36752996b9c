//! `GET /products`

use souk_catalog_functions::list_products::ListProducts;
use souk_catalog_functions::synonyms::KnownSynonyms;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let search = wiring.search()?.remembering();
    let _ = search.warm_up().await; // without it, the first request looks again
    let synonyms = KnownSynonyms::new(wiring.synonyms()?, wiring.clock());
    synonyms.current().await;
    let endpoint = ListProducts {
        search,
        documents: wiring.cached_products()?,
        stock: wiring.cached_stock()?,
        products: wiring.products()?,
        categories: wiring.categories()?,
        synonyms,
        currency: wiring.currency()?,
    };
    http::run("list-products", endpoint).await
}
