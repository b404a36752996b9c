//! The functions of the service by handler name.

use souk_runtime::service::{Handlers, Http};

use crate::add_cart_item::AddCartItem;
use crate::clear_cart::ClearCart;
use crate::get_cart::GetCart;
use crate::remove_cart_item::RemoveCartItem;
use crate::update_cart_item::UpdateCartItem;

/// `Handler` in template.yaml, and what starts for it.
pub const HANDLERS: Handlers = &[
    ("add-cart-item", &Http(AddCartItem::from_dependencies)),
    ("clear-cart", &Http(ClearCart::from_dependencies)),
    ("get-cart", &Http(GetCart::from_dependencies)),
    ("remove-cart-item", &Http(RemoveCartItem::from_dependencies)),
    ("update-cart-item", &Http(UpdateCartItem::from_dependencies)),
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_names_exactly_these_handlers() {
        souk_fixtures::assert_handlers(super::HANDLERS, "cart");
    }
}
