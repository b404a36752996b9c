//! `GET /products/suggest`

use souk_catalog_functions::suggest::Suggest;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let search = wiring.search()?.remembering();
    let _ = search.warm_up().await; // without it, the first request looks again
    http::run("suggest", Suggest { search }).await
}
