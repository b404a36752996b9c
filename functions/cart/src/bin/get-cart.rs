//! `GET /cart`

use souk_cart_functions::CartStores;
use souk_cart_functions::get_cart::GetCart;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let stores = CartStores::from_wiring(&wiring)?;
    http::run("get-cart", GetCart { stores }).await
}
