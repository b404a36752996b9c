//! The functions of the service by handler name.

use souk_runtime::service::{Handlers, Http, Stream};

use crate::adjust_inventory::AdjustInventory;
use crate::count_inventory::CountInventory;
use crate::get_inventory::GetInventory;
use crate::list_stock_changes::ListStockChanges;
use crate::spread_inventory::SpreadInventory;
use crate::watch_stock::WatchStock;

/// `Handler` in template.yaml, and what starts for it.
pub const HANDLERS: Handlers = &[
    ("adjust-inventory", &Http(AdjustInventory::from_dependencies)),
    ("count-inventory", &Http(CountInventory::from_dependencies)),
    ("get-inventory", &Http(GetInventory::from_dependencies)),
    ("list-stock-changes", &Http(ListStockChanges::from_dependencies)),
    ("spread-inventory", &Http(SpreadInventory::from_dependencies)),
    ("watch-stock", &Stream(WatchStock::from_dependencies)),
];

#[cfg(test)]
mod tests {
    use souk_runtime::service;

    use super::HANDLERS;

    #[test]
    fn the_template_names_exactly_these_handlers() {
        assert_eq!(service::names(HANDLERS).collect::<Vec<_>>(), souk_testkit::handlers_of("inventory"));
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
