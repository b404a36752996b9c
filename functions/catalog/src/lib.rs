//! The catalog service: one module per endpoint, one binary for all of them.

pub mod admin_list_collections;
mod category_change;
pub mod compare_index;
pub mod delete_category;
pub mod delete_collection;
pub mod delete_product;
pub mod get_product;
pub mod get_product_document;
pub mod get_synonyms;
mod handlers;
pub mod import;
pub mod import_products;
pub mod import_upload;
pub mod index_products;
pub mod list_categories;
pub mod list_collections;
pub mod list_products;
pub mod merge_category;
mod operations;
pub mod prepare_search;
mod product_fields;
pub mod put_category;
pub mod put_collection;
pub mod put_product;
pub mod put_synonyms;
pub mod reindex;
pub mod suggest;
mod view;

pub use handlers::HANDLERS;
pub use operations::OPERATIONS;

#[cfg(test)]
mod fixture;
