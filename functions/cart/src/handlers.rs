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
    use souk_runtime::service;

    use super::HANDLERS;

    #[test]
    fn the_template_names_exactly_these_handlers() {
        assert_eq!(service::names(HANDLERS).collect::<Vec<_>>(), souk_testkit::handlers_of("cart"));
    }

    #[test]
    fn an_unknown_handler_name_is_refused_with_the_known_ones() {
        for unknown in ["", "bootstrap", "no-such-function"] {
            let refusal = service::find(HANDLERS, unknown).err().expect("refused").to_string();
            assert!(refusal.contains(&format!("{unknown:?}")), "{refusal}");
            for known in service::names(HANDLERS) {
                assert!(refusal.contains(known) && service::find(HANDLERS, known).is_ok(), "{refusal}");
            }
        }
    }
}
