//! By schedule, and invoked by an operator.

use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use souk_domain::time::Timestamp;
use souk_orders_functions::reconcile::{Ask, Reconcile};
use souk_runtime::{Error, Wiring};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let (orders, inventory, users) = (wiring.orders()?, wiring.inventory()?, wiring.users()?);
    let function = Arc::new(Reconcile { orders, inventory, users, queues: wiring.queues()?, clock: wiring.clock() });
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Ask>| {
        let function = Arc::clone(&function);
        let deadline = Timestamp::from_millis(i64::try_from(event.context.deadline).unwrap_or(i64::MAX));
        async move { Ok::<_, Error>(function.run(event.payload, deadline).await?) }
    }))
    .await
}
