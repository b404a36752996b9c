//! Invoked by an operator.

use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use souk_orders_functions::dispatch::Dispatch;
use souk_orders_functions::redrive::{Command, Redrive, Replay, parse_queues};
use souk_runtime::{Error, Wiring};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let dispatch = Dispatch { queues: wiring.queues()?, clock: wiring.clock() };
    let queues = parse_queues(wiring.config().text("DEAD_LETTER_QUEUES")?, &dispatch.queues.client)
        .ok_or("DEAD_LETTER_QUEUES must be a word, a URL and a URL or - for each queue")?;
    let (orders, products, bus) = (wiring.orders()?, wiring.products()?, wiring.event_bus()?);
    let redrive = Arc::new(Redrive { queues, replay: Replay { orders, products, dispatch, bus } });
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Command>| {
        let redrive = Arc::clone(&redrive);
        Box::pin(async move { Ok::<_, Error>(redrive.run(&event.payload).await?) })
    }))
    .await
}
