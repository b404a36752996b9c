//! The orders stream.

use souk_orders_functions::dispatch::{Dispatch, Queues};
use souk_runtime::{Error, Wiring, stream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let queue = |variable| wiring.config().text(variable).map(str::to_owned);
    let queues = Queues {
        client: aws_sdk_sqs::Client::new(wiring.sdk()),
        order_queue_url: queue("ORDER_QUEUE_URL")?,
        payment_queue_url: queue("PAYMENT_QUEUE_URL")?,
        refund_queue_url: queue("REFUND_QUEUE_URL")?,
    };
    stream::run("dispatch", Dispatch { queues, clock: wiring.clock() }).await
}
