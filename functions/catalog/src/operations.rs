//! The part of the HTTP contract that this service serves.

use souk_runtime::contract::Operation;

use crate::{
    admin_list_collections, delete_category, delete_collection, delete_product, get_product, get_product_document,
    get_synonyms, import_products, list_categories, list_collections, list_products, merge_category, put_category,
    put_collection, put_product, put_synonyms, suggest,
};

/// The declaration of each endpoint.
pub const OPERATIONS: &[fn() -> Operation] = &[
    admin_list_collections::operation,
    delete_category::operation,
    delete_collection::operation,
    delete_product::operation,
    get_product::operation,
    get_product_document::operation,
    get_synonyms::operation,
    import_products::operation,
    list_categories::operation,
    list_collections::operation,
    list_products::operation,
    merge_category::operation,
    put_category::operation,
    put_collection::operation,
    put_product::operation,
    put_synonyms::operation,
    suggest::operation,
];
