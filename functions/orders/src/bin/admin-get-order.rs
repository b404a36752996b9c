//! `GET /admin/orders/{order_id}`

use souk_orders_functions::admin_get_order::AdminGetOrder;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("admin-get-order", AdminGetOrder { orders: wiring.orders()? }).await
}
