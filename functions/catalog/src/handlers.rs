//! The functions of the service by handler name.

use souk_runtime::http::audit::Subject;
use souk_runtime::service::{Direct, Handlers, Http, StaffHttp, Stream, Uploads};

use crate::admin_list_collections::AdminListCollections;
use crate::compare_index::CompareIndex;
use crate::delete_category::DeleteCategory;
use crate::delete_collection::DeleteCollection;
use crate::delete_product::DeleteProduct;
use crate::get_product::GetProduct;
use crate::get_product_document::GetProductDocument;
use crate::get_synonyms::GetSynonyms;
use crate::import_products::ImportProducts;
use crate::import_upload::ImportUpload;
use crate::index_products::IndexProducts;
use crate::list_categories::ListCategories;
use crate::list_collections::ListCollections;
use crate::list_products::ListProducts;
use crate::merge_category::MergeCategory;
use crate::prepare_search::PrepareSearch;
use crate::put_category::PutCategory;
use crate::put_collection::PutCollection;
use crate::put_product::PutProduct;
use crate::put_synonyms::PutSynonyms;
use crate::reindex::Reindex;
use crate::suggest::Suggest;

/// `Handler` in template.yaml, and what starts for it.
pub const HANDLERS: Handlers = &[
    ("admin-list-collections", &Http(AdminListCollections::from_dependencies)),
    ("compare-index", &Direct(CompareIndex::from_dependencies)),
    ("delete-category", &StaffHttp(DeleteCategory::from_dependencies, Subject::Category)),
    ("delete-collection", &StaffHttp(DeleteCollection::from_dependencies, Subject::Collection)),
    ("delete-product", &StaffHttp(DeleteProduct::from_dependencies, Subject::Product)),
    ("get-product", &Http(GetProduct::from_dependencies)),
    ("get-product-document", &Http(GetProductDocument::from_dependencies)),
    ("get-synonyms", &Http(GetSynonyms::from_dependencies)),
    ("import-products", &StaffHttp(ImportProducts::from_dependencies, Subject::Named("imports"))),
    ("import-upload", &Uploads(ImportUpload::from_dependencies)),
    ("index-products", &Stream(IndexProducts::from_dependencies)),
    ("list-categories", &Http(ListCategories::from_dependencies)),
    ("list-collections", &Http(ListCollections::from_dependencies)),
    ("list-products", &Http(ListProducts::from_dependencies)),
    ("merge-category", &StaffHttp(MergeCategory::from_dependencies, Subject::Category)),
    ("prepare-search", &Direct(PrepareSearch::from_dependencies)),
    ("put-category", &StaffHttp(PutCategory::from_dependencies, Subject::Category)),
    ("put-collection", &StaffHttp(PutCollection::from_dependencies, Subject::Collection)),
    ("put-product", &StaffHttp(PutProduct::from_dependencies, Subject::Product)),
    ("put-synonyms", &StaffHttp(PutSynonyms::from_dependencies, Subject::Named("synonyms"))),
    ("reindex", &Direct(Reindex::from_dependencies)),
    ("suggest", &Http(Suggest::from_dependencies)),
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_names_exactly_these_handlers() {
        souk_fixtures::assert_handlers(super::HANDLERS, "catalog");
    }
}
