//! How long values may be shown to shoppers after they were read. All times to live are defined here.
//!
//! | shown | kept in | for at most |
//! |---|---|---|
//! | stock in lists | process | [`STOCK`]: 1 s |
//! | products in lists | process | [`PRODUCTS`]: 3 s |
//! | products on product pages, in carts, and those that a process reads for its lists | shared cache | [`SHARED_PRODUCTS`]: 5 min; a change replaces them within a second, through the stream |
//! | that a product does not exist | shared cache | [`SHARED_ABSENCE`]: 10 s |
//! | which products a search finds, when they are few, or when price or stock decide | process | [`SEARCH_VOLATILE`]: 2 s |
//! | which products a text finds, by relevance | process | [`SEARCH_BY_RELEVANCE`]: 2 min |
//! | which products any other search finds | process | [`SEARCH_OTHER`]: 30 s |
//! | facets | process | as long as the search that they belong to |
//! | suggestions | process | [`SUGGESTIONS`]: 1 min; [`SEARCH_VOLATILE`] when no product is among them |
//! | names of brands and categories in suggestions | process | [`SUGGESTION_NAMES`]: 1 min |
//! | synonyms | process | [`SYNONYMS`]: 10 s, and as long as they cannot be read |
//! | the category tree, names and places of categories on product pages, replaced ids | process; clients keep the tree a minute | [`CATEGORIES`]: 10 s |
//! | how many products each category has | process; clients keep it with the tree | [`CATEGORY_COUNTS`]: 10 s |
//! | the collections and their rules | process; clients keep the names a minute | [`COLLECTIONS`]: 10 s |
//! | a whole list, as HTTP answer | process, clients | as long as every product and stock count in it, at most [`STOCK`] |
//! | stock on product pages and in carts; prices and stock at checkout | nowhere | not kept |
//!
//! In total, with the second until OpenSearch shows a write and the second for which a client keeps a list: a changed
//! price or stock count decides within five seconds which lists a product is in; a list of hardly any products shows a
//! new one within five seconds, other lists and facets within half a minute, and a search by relevance that finds many
//! within two minutes. A changed price is shown within five seconds.
//!
//! While the source of a value fails, an expired value is not shown, with one exception: synonyms. The other failures
//! are answered in degraded mode, see [`CatalogReader`](crate::CatalogReader).

use std::time::Duration;

use souk_search::{SearchPage, SearchQuery, Sort, Suggestions};

/// Stock in lists.
pub const STOCK: Duration = Duration::from_secs(1);
/// Products in lists, in the memory of a process.
pub const PRODUCTS: Duration = Duration::from_secs(3);
/// Products in the shared cache.
pub const SHARED_PRODUCTS: Duration = Duration::from_mins(5);
/// Maximum random reduction of that time, so that products stored together do not expire together.
pub(crate) const SHARED_PRODUCTS_JITTER: Duration = Duration::from_mins(1);
/// That a product does not exist, in the shared cache. Short, so that a new product appears soon.
pub const SHARED_ABSENCE: Duration = Duration::from_secs(10);
/// Searches that find hardly any products, or depend on price or stock.
pub const SEARCH_VOLATILE: Duration = Duration::from_secs(2);
/// Searches of a text that find many products, in the order of relevance.
pub const SEARCH_BY_RELEVANCE: Duration = Duration::from_mins(2);
/// All other searches.
pub const SEARCH_OTHER: Duration = Duration::from_secs(30);
/// Suggestions; browsers keep them as long.
pub const SUGGESTIONS: Duration = Duration::from_mins(1);
/// Names of brands and categories, from which suggestions are made.
pub const SUGGESTION_NAMES: Duration = Duration::from_mins(1);
/// Synonyms.
pub const SYNONYMS: Duration = Duration::from_secs(10);

/// The category tree. It changes when staff or a feed change a category.
pub const CATEGORIES: Duration = Duration::from_secs(10);
/// How many products each category has.
pub const CATEGORY_COUNTS: Duration = Duration::from_secs(10);
/// Collections. They change when staff write one.
pub const COLLECTIONS: Duration = Duration::from_secs(10);

/// Which products a search found, and its facets.
pub(crate) fn of_search(query: &SearchQuery, page: &SearchPage) -> Duration {
    if page.has_few() || query.depends_on_price_or_stock() {
        SEARCH_VOLATILE
    } else if query.text.is_some() && query.sort == Sort::Relevance {
        SEARCH_BY_RELEVANCE
    } else {
        SEARCH_OTHER
    }
}

pub(crate) const fn of_suggestions(suggestions: &Suggestions) -> Duration {
    if suggestions.products.is_empty() { SEARCH_VOLATILE } else { SUGGESTIONS }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_are_kept_by_what_they_depend_on() {
        let text = || SearchQuery { text: Some("ink".to_owned()), ..SearchQuery::default() };
        let many = SearchPage { total: 3, ..SearchPage::default() };
        let few = SearchPage { total: 2, ..SearchPage::default() };
        assert_eq!(of_search(&SearchQuery::default(), &many), SEARCH_OTHER);
        assert_eq!(of_search(&text(), &many), SEARCH_BY_RELEVANCE);
        assert_eq!(of_search(&SearchQuery { sort: Sort::Name, ..text() }, &many), SEARCH_OTHER);
        assert_eq!(of_search(&text(), &few), SEARCH_VOLATILE);
        for volatile in [
            SearchQuery { min_price_minor: Some(1), ..text() },
            SearchQuery { in_stock: Some(true), ..text() },
            SearchQuery { sort: Sort::PriceDesc, ..text() },
        ] {
            assert_eq!(of_search(&volatile, &many), SEARCH_VOLATILE, "{volatile:?}");
        }
    }
}
