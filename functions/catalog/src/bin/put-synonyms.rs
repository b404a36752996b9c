//! `PUT /admin/synonyms`

use souk_catalog_functions::put_synonyms::PutSynonyms;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("put-synonyms", PutSynonyms { synonyms: wiring.synonyms()? }).await
}
