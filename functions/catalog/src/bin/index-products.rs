//! The products stream and the inventory stream, into the search index.

use std::time::Duration;

use souk_catalog_functions::index_products::IndexProducts;
use souk_runtime::{Error, Wiring, stream};

/// Start-up waits no longer for the index: the first batch makes it as well.
const START_TIMEOUT: Duration = Duration::from_secs(3);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let search = wiring.search()?;
    let _ = tokio::time::timeout(START_TIMEOUT, search.ensure_index()).await;
    let handler = IndexProducts {
        search,
        products: wiring.products()?,
        cache: wiring.cached_products()?,
        inventory: wiring.inventory()?,
        clock: wiring.clock(),
    };
    stream::run("index-products", handler, wiring.dead_letters()?).await
}
