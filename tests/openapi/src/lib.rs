//! docs/openapi.yaml and the tables of docs/api.md, made from the declarations of all endpoints
//! (`souk_runtime::contract`). `cargo xtask openapi` writes both; the tests fail when a file differs.

mod breaking;
mod document;
mod examples;
mod files;
mod tables;

use souk_runtime::contract::Operation;

pub use breaking::breaking_changes;
pub use document::document;
pub use examples::replace_examples;
pub use files::{GeneratedFile, generated_files};

/// The operations of all services, ordered by path and method.
pub fn operations() -> Vec<Operation> {
    let services: [&[fn() -> Operation]; 7] = [
        souk_auth_functions::OPERATIONS,
        souk_cart_functions::OPERATIONS,
        souk_contract_functions::OPERATIONS,
        souk_catalog_functions::OPERATIONS,
        souk_inventory_functions::OPERATIONS,
        souk_orders_functions::OPERATIONS,
        souk_payments_functions::OPERATIONS,
    ];
    let mut operations: Vec<_> = services.into_iter().flatten().map(|declare| declare()).collect();
    operations.sort_by_key(|operation| (operation.path, operation.method));
    operations
}
