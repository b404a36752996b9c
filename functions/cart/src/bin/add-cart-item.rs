//! `POST /cart/items`

use souk_cart_functions::CartStores;
use souk_cart_functions::add_cart_item::AddCartItem;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let stores = CartStores::from_wiring(&wiring)?;
    http::run("add-cart-item", AddCartItem { stores, random: wiring.random() }).await
}
