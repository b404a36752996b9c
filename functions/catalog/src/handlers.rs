//! The functions of the service by handler name.

use souk_runtime::service::{Direct, Handlers, Http, Stream, Uploads};

use crate::compare_index::CompareIndex;
use crate::delete_product::DeleteProduct;
use crate::get_product::GetProduct;
use crate::get_synonyms::GetSynonyms;
use crate::import_products::ImportProducts;
use crate::import_upload::ImportUpload;
use crate::index_products::IndexProducts;
use crate::list_categories::ListCategories;
use crate::list_products::ListProducts;
use crate::prepare_search::PrepareSearch;
use crate::put_product::PutProduct;
use crate::put_synonyms::PutSynonyms;
use crate::reindex::Reindex;
use crate::suggest::Suggest;

/// `Handler` in template.yaml, and what starts for it.
pub const HANDLERS: Handlers = &[
    ("compare-index", &Direct(CompareIndex::from_dependencies)),
    ("delete-product", &Http(DeleteProduct::from_dependencies)),
    ("get-product", &Http(GetProduct::from_dependencies)),
    ("get-synonyms", &Http(GetSynonyms::from_dependencies)),
    ("import-products", &Http(ImportProducts::from_dependencies)),
    ("import-upload", &Uploads(ImportUpload::from_dependencies)),
    ("index-products", &Stream(IndexProducts::from_dependencies)),
    ("list-categories", &Http(ListCategories::from_dependencies)),
    ("list-products", &Http(ListProducts::from_dependencies)),
    ("prepare-search", &Direct(PrepareSearch::from_dependencies)),
    ("put-product", &Http(PutProduct::from_dependencies)),
    ("put-synonyms", &Http(PutSynonyms::from_dependencies)),
    ("reindex", &Direct(Reindex::from_dependencies)),
    ("suggest", &Http(Suggest::from_dependencies)),
];

#[cfg(test)]
mod tests {
    use souk_runtime::service;

    use super::HANDLERS;

    #[test]
    fn the_template_names_exactly_these_handlers() {
        assert_eq!(service::names(HANDLERS).collect::<Vec<_>>(), souk_testkit::handlers_of("catalog"));
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
