//! `DELETE /cart`

use souk_cart_functions::CartStores;
use souk_cart_functions::clear_cart::ClearCart;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let stores = CartStores::from_wiring(&wiring)?;
    http::run("clear-cart", ClearCart { stores }).await
}
