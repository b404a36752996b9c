//! `GET /admin/synonyms`

use souk_catalog_functions::get_synonyms::GetSynonyms;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("get-synonyms", GetSynonyms { synonyms: wiring.synonyms()? }).await
}
