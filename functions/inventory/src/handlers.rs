//! The functions of the service by handler name.

use souk_runtime::http::audit::Subject;
use souk_runtime::service::{Handlers, Http, StaffHttp, Stream};

use crate::adjust_inventory::AdjustInventory;
use crate::count_inventory::CountInventory;
use crate::get_inventory::GetInventory;
use crate::list_stock_changes::ListStockChanges;
use crate::spread_inventory::SpreadInventory;
use crate::watch_stock::WatchStock;

/// `Handler` in template.yaml, and what starts for it.
pub const HANDLERS: Handlers = &[
    ("adjust-inventory", &StaffHttp(AdjustInventory::from_dependencies, Subject::Product)),
    ("count-inventory", &StaffHttp(CountInventory::from_dependencies, Subject::Product)),
    ("get-inventory", &Http(GetInventory::from_dependencies)),
    ("list-stock-changes", &Http(ListStockChanges::from_dependencies)),
    ("spread-inventory", &StaffHttp(SpreadInventory::from_dependencies, Subject::Product)),
    ("watch-stock", &Stream(WatchStock::from_dependencies)),
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_names_exactly_these_handlers() {
        souk_fixtures::assert_handlers(super::HANDLERS, "inventory");
    }
}
