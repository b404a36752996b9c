//! Invoked by an operator.

use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use souk_catalog_functions::compare_index::{CompareIndex, Order};
use souk_runtime::{Error, Wiring};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let compare = Arc::new(CompareIndex {
        search: wiring.search()?,
        products: wiring.products()?,
        inventory: wiring.inventory()?,
        clock: wiring.clock(),
    });
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Order>| {
        let compare = Arc::clone(&compare);
        async move {
            let (from, until) = event.payload.read(compare.clock.now());
            // Behind a pointer: the types of the clients' futures are too deep for the compiler inside one another.
            Ok::<_, Error>(Box::pin(compare.run(from, until)).await?)
        }
    }))
    .await
}
