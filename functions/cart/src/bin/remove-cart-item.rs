//! `DELETE /cart/items/{product_id}`

use souk_cart_functions::CartStores;
use souk_cart_functions::remove_cart_item::RemoveCartItem;
use souk_runtime::{Error, Wiring, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let wiring = Wiring::start()?;
    let stores = CartStores::from_wiring(&wiring)?;
    http::run("remove-cart-item", RemoveCartItem { stores }).await
}
