//! `GET /products/suggest`

use souk_catalog_functions::suggest::Suggest;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let search = wiring.search()?.remembering();
    let _ = search.suggest("a", 1).await; // fetches the names; without them, the first request does
    http::run("suggest", Suggest { search }).await
}
