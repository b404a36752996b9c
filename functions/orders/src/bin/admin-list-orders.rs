//! `GET /admin/orders`

use souk_orders_functions::admin_list_orders::AdminListOrders;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    http::run("admin-list-orders", AdminListOrders { orders: wiring.orders()? }).await
}
