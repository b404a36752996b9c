//! The import queue: what is uploaded to the imports bucket.

use souk_catalog_functions::import::Importer;
use souk_catalog_functions::import_upload::ImportUpload;
use souk_runtime::{Error, Wiring, objects};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let consumer =
        ImportUpload { objects: wiring.imports()?, importer: Importer::from_wiring(&wiring)?, random: wiring.random() };
    objects::run("import-upload", consumer).await
}
