//! docs/openapi.yaml and the tables of docs/api.md, made from the declarations of all endpoints
//! (`souk_runtime::contract`). `cargo xtask openapi` writes both; the tests fail when a file differs.

mod breaking;
mod document;
mod examples;
mod files;
mod tables;

use souk_runtime::contract::Operation;
use souk_runtime::service::Handlers;

pub use breaking::breaking_changes;
pub use document::document;
pub use examples::replace_examples;
pub use files::{GeneratedFile, generated_files};

/// The declarations of the operations of a service.
type Operations = &'static [fn() -> Operation];

/// The operations and the functions of each service with an HTTP API.
pub const SERVICES: &[(Operations, Handlers)] = &[
    (souk_accounts_functions::OPERATIONS, souk_accounts_functions::HANDLERS),
    (souk_auth_functions::OPERATIONS, souk_auth_functions::HANDLERS),
    (souk_cart_functions::OPERATIONS, souk_cart_functions::HANDLERS),
    (souk_contract_functions::OPERATIONS, souk_contract_functions::HANDLERS),
    (souk_catalog_functions::OPERATIONS, souk_catalog_functions::HANDLERS),
    (souk_inventory_functions::OPERATIONS, souk_inventory_functions::HANDLERS),
    (souk_orders_functions::OPERATIONS, souk_orders_functions::HANDLERS),
    (souk_payments_functions::OPERATIONS, souk_payments_functions::HANDLERS),
];

/// The operations of all services, ordered by path and method.
pub fn operations() -> Vec<Operation> {
    let declared = SERVICES.iter().flat_map(|(operations, _)| operations.iter());
    let mut operations: Vec<_> = declared.map(|declare| declare()).collect();
    operations.sort_by_key(|operation| (operation.path, operation.method));
    operations
}
