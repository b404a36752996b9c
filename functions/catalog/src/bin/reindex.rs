//! Invoked by an operator.

use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use souk_catalog_functions::reindex::{Order, Reindex};
use souk_runtime::{Error, Wiring};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let reindex = Arc::new(Reindex {
        search: wiring.search()?,
        products: wiring.products()?,
        inventory: wiring.inventory()?,
        clock: wiring.clock(),
        random: wiring.random(),
        segments: 4,
    });
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Order>| {
        let reindex = Arc::clone(&reindex);
        // Behind a pointer: the types of the clients' futures are too deep for the compiler inside one another.
        async move { Ok::<_, Error>(Box::pin(reindex.run(event.payload.until(reindex.clock.now()))).await?) }
    }))
    .await
}
