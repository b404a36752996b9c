//! The table of `freshness.rs`, row by row: a value is kept, and is never shown once it is older than its bound. The
//! rows of the shared cache are in `products.rs`, that of synonyms beside its reader.

use std::time::Duration;

use futures_util::future::join_all;
use souk_catalog::freshness::{
    CATEGORIES, COLLECTIONS, PRODUCTS, SEARCH_BY_RELEVANCE, SEARCH_OTHER, SEARCH_VOLATILE, STOCK, SUGGESTION_NAMES,
    SUGGESTIONS,
};
use souk_catalog::{CachedCategories, CachedCollections, CatalogError, CatalogReader, SearchReader};
use souk_domain::catalog::CategoryPath;
use souk_domain::collection::{Collection, CollectionRule};
use souk_domain::effects::Clock as _;
use souk_search::{CollectionFilter, SearchQuery, Sort, Window};
use souk_store::CollectionOutcome;

use crate::fake_search::{FakeResponse, FakeSearch};
use crate::fixture::{Shop, id, index_at, product};

const MANY: u64 = 100;
const FEW: u64 = 2;
const SECOND: Duration = Duration::from_secs(1);

fn finds(product_ids: &[&'static str], total: u64) -> FakeResponse {
    FakeResponse { product_ids: product_ids.to_vec(), total, brand: "HP", is_down: false }
}

fn text() -> SearchQuery {
    SearchQuery { text: Some("ink".to_owned()), ..SearchQuery::default() }
}

/// The ids on the page.
async fn page(reader: &CatalogReader, query: &SearchQuery) -> Vec<String> {
    let list = reader.list(query.clone()).await.expect("listed");
    assert!(list.degraded.is_none());
    list.page.product_ids.iter().map(ToString::to_string).collect()
}

/// Name and stock of product a, as lists show it.
async fn shown(reader: &CatalogReader) -> (String, u32) {
    let list = reader.list(SearchQuery::default()).await.expect("listed");
    let (product, available) = list.products.get(&id("a")).expect("listed");
    (product.name.clone(), available)
}

fn advance(shop: &Shop, duration: Duration) {
    shop.clock.advance_seconds(i64::try_from(duration.as_secs()).expect("seconds"));
}

#[tokio::test]
async fn stock_in_lists_is_at_most_a_second_old() {
    let shop = Shop::open().await;
    shop.stock().await;
    let search = FakeSearch::start(finds(&["a"], MANY)).await;
    let reader = shop.reader(index_at(&search.url));
    assert_eq!(shown(&reader).await.1, 3);
    shop.count("a", 1).await;
    assert_eq!(shown(&reader).await.1, 3);
    advance(&shop, STOCK);
    assert_eq!(shown(&reader).await.1, 1);
}

#[tokio::test]
async fn products_in_lists_are_at_most_three_seconds_old() {
    let shop = Shop::open().await;
    shop.stock().await;
    let search = FakeSearch::start(finds(&["a"], MANY)).await;
    let reader = shop.reader(index_at(&search.url));
    assert_eq!(shown(&reader).await.0, "a of 1");
    shop.write(&product("a", 2), Some(1)).await;
    assert_eq!(shown(&reader).await.0, "a of 1");
    advance(&shop, PRODUCTS);
    assert_eq!(shown(&reader).await.0, "a of 2");
}

#[tokio::test]
async fn the_category_tree_is_at_most_ten_seconds_old() {
    let shop = Shop::open().await;
    let cached = CachedCategories::new(shop.categories.clone(), shop.clock.clone());
    let count = async || cached.tree().await.expect("read").records().len();
    assert_eq!(count().await, 0);
    let path = CategoryPath::from_names(&["Audio", "Cables"]).expect("a path");
    let _ = shop.categories.file(&[path]).await.expect("written");
    advance(&shop, CATEGORIES.saturating_sub(SECOND));
    assert_eq!(count().await, 0);
    advance(&shop, SECOND);
    assert_eq!(count().await, 2);
    // Also for callers who wait for the read of another.
    assert_eq!(join_all((0..8).map(|_| count())).await, [2; 8]);
}

/// Writes the collection `new` with that rule.
async fn write_collection(shop: &Shop, rule: &CollectionRule, seen: Option<i64>) {
    let collection_id = "new".parse().expect("an id");
    let version = seen.unwrap_or(0) + 1;
    let collection = Collection { collection_id, name: "New".to_owned(), rule: rule.clone(), version };
    let outcome = shop.collections.put(&collection, seen).await.expect("written");
    assert!(matches!(outcome, CollectionOutcome::Saved { .. }));
}

#[tokio::test]
async fn the_rule_of_a_collection_is_at_most_ten_seconds_old_and_its_dates_follow_the_clock() {
    let shop = Shop::open().await;
    let cached = CachedCollections::new(shop.collections.clone(), shop.clock.clone());
    let categories = CachedCategories::new(shop.categories.clone(), shop.clock.clone());
    let collection_id = "new".parse().expect("an id");
    let filter = async || cached.filter(&collection_id, &categories).await.expect("read");
    assert_eq!(filter().await, None);
    let new = CollectionRule { released_within_days: Some(7), ..CollectionRule::default() };
    write_collection(&shop, &new, None).await;
    advance(&shop, COLLECTIONS.saturating_sub(SECOND));
    assert_eq!(filter().await, None);
    advance(&shop, SECOND);
    let first_day = filter().await;
    assert_eq!(first_day, Some(CollectionFilter::new(&new, shop.clock.now())));
    advance(&shop, Duration::from_hours(24));
    let second_day = filter().await;
    assert_eq!(second_day, Some(CollectionFilter::new(&new, shop.clock.now())));
    assert_ne!(first_day, second_day);
    // Also for callers who wait for the read of another.
    assert_eq!(join_all((0..8).map(|_| filter())).await, vec![second_day; 8]);
}

#[tokio::test]
async fn a_list_uses_a_new_rule_although_the_list_of_the_old_one_is_kept() {
    let shop = Shop::open().await;
    let search = FakeSearch::start(finds(&["a"], MANY)).await;
    let reader = shop.reader(index_at(&search.url));
    let rule = |brand: &str| CollectionRule { brands: vec![brand.to_owned()], ..CollectionRule::default() };
    write_collection(&shop, &rule("HP"), None).await;
    let query = SearchQuery { collection_id: Some("new".parse().expect("an id")), ..SearchQuery::default() };
    assert_eq!(page(&reader, &query).await, ["a"]);
    search.set(finds(&["b"], MANY));
    assert_eq!(page(&reader, &query).await, ["a"], "kept");
    write_collection(&shop, &rule("Canon"), Some(1)).await;
    advance(&shop, COLLECTIONS);
    assert_eq!(page(&reader, &query).await, ["b"]);
}

#[tokio::test]
async fn the_rule_of_a_collection_follows_a_category_that_was_merged() {
    let shop = Shop::open().await;
    shop.stock().await;
    let cached = CachedCollections::new(shop.collections.clone(), shop.clock.clone());
    let categories = CachedCategories::new(shop.categories.clone(), shop.clock.clone());
    let in_category = |raw: &str| {
        let category_id = Some(raw.parse().expect("an id"));
        CollectionRule { category_id, ..CollectionRule::default() }
    };
    write_collection(&shop, &in_category("printing.ink"), None).await;
    let collection_id = "new".parse().expect("an id");
    let filter = async || cached.filter(&collection_id, &categories).await.expect("read");
    assert_eq!(filter().await, Some(CollectionFilter::new(&in_category("printing.ink"), shop.clock.now())));
    let ids = ["printing.ink", "printing"].map(|raw| raw.parse().expect("an id"));
    let merged = shop.categories.change(|tree| tree.merge(&ids[0], &ids[1])).await.expect("written");
    assert!(merged.is_ok());
    advance(&shop, CATEGORIES);
    assert_eq!(filter().await, Some(CollectionFilter::new(&in_category("printing"), shop.clock.now())));
}

#[tokio::test]
async fn product_pages_and_carts_show_current_stock() {
    let shop = Shop::open().await;
    shop.stock().await;
    let reader = shop.product_reader(None);
    for available in [3, 2, 1] {
        shop.count("a", available).await;
        let page = reader.current(&id("a")).await.expect("read");
        assert_eq!(page.get(&id("a")).map(|(_, available)| available), Some(available));
        let cart = reader.current_many([&id("a"), &id("none")]).await.expect("read");
        assert_eq!(cart.get(&id("a")).map(|(_, available)| available), Some(available));
        assert!(cart.get(&id("none")).is_none());
    }
}

#[tokio::test]
async fn a_list_says_how_long_it_may_be_shown_as_a_whole() {
    let shop = Shop::open().await;
    shop.stock().await;
    let search = FakeSearch::start(finds(&["a", "b", "gone"], MANY)).await;
    let reader = shop.reader(index_at(&search.url));
    let list = reader.list(SearchQuery::default()).await.expect("listed");
    assert!(
        list.products.fresh_for > Duration::ZERO && list.products.fresh_for <= STOCK,
        "{:?}",
        list.products.fresh_for
    );
    assert!(list.products.get(&id("gone")).is_none());
}

#[tokio::test]
async fn searches_are_kept_for_as_long_as_their_kind_allows() {
    let shop = Shop::open().await;
    let priced = SearchQuery { min_price_minor: Some(1), ..text() };
    for (query, total, bound) in [
        (text(), MANY, SEARCH_BY_RELEVANCE),
        (SearchQuery::default(), MANY, SEARCH_OTHER),
        (SearchQuery { sort: Sort::Name, ..text() }, MANY, SEARCH_OTHER),
        (text(), FEW, SEARCH_VOLATILE),
        (SearchQuery::default(), FEW, SEARCH_VOLATILE),
        (priced, MANY, SEARCH_VOLATILE),
        (SearchQuery { in_stock: Some(true), ..SearchQuery::default() }, MANY, SEARCH_VOLATILE),
        (SearchQuery { sort: Sort::PriceAsc, ..SearchQuery::default() }, MANY, SEARCH_VOLATILE),
    ] {
        let search = FakeSearch::start(finds(&["a"], total)).await;
        let reader = shop.reader(index_at(&search.url));
        assert_eq!(page(&reader, &query).await, ["a"], "{query:?}");
        search.set(finds(&["b"], total));
        advance(&shop, bound.saturating_sub(SECOND));
        assert_eq!(page(&reader, &query).await, ["a"], "{query:?}");
        advance(&shop, SECOND);
        assert_eq!(page(&reader, &query).await, ["b"], "{query:?}");
    }
}

#[tokio::test]
async fn facets_are_kept_as_long_as_their_search_and_shared_by_its_pages() {
    let shop = Shop::open().await;
    let search = FakeSearch::start(finds(&["a"], MANY)).await;
    let reader = shop.reader(index_at(&search.url));
    let brand = async |page| {
        let window = Window::new(page, 20).expect("a window");
        let list = reader.list(SearchQuery { facets: true, window, ..SearchQuery::default() }).await.expect("listed");
        list.page.facets.brands[0].value.clone()
    };
    assert_eq!(brand(1).await, "HP");
    search.set(FakeResponse { brand: "Canon", ..finds(&["b"], MANY) });
    assert_eq!(brand(2).await, "HP");
    advance(&shop, SEARCH_OTHER.saturating_sub(SECOND));
    assert_eq!(brand(1).await, "HP");
    advance(&shop, SECOND);
    assert_eq!(brand(1).await, "Canon");
}

#[tokio::test]
async fn suggestions_are_kept_for_a_minute_or_two_seconds_without_products() {
    for (product_ids, bound) in [(&["a"][..], SUGGESTIONS), (&[], SEARCH_VOLATILE)] {
        let shop = Shop::open().await;
        let search = FakeSearch::start(finds(product_ids, MANY)).await;
        let reader = SearchReader::new(index_at(&search.url), shop.clock.clone());
        let suggested = async || {
            let suggestions = reader.suggest_cached("HP", 5).await.expect("suggested");
            suggestions.products.iter().map(|product| product.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(suggested().await, product_ids);
        search.set(finds(&["b"], MANY));
        advance(&shop, bound.saturating_sub(SECOND));
        assert_eq!(suggested().await, product_ids);
        advance(&shop, SECOND);
        assert_eq!(suggested().await, ["b"]);
    }
}

#[tokio::test]
async fn names_in_suggestions_are_kept_for_a_minute() {
    let shop = Shop::open().await;
    let search = FakeSearch::start(finds(&["a"], MANY)).await;
    let reader = SearchReader::new(index_at(&search.url), shop.clock.clone());
    let brands = async |text| reader.suggest_cached(text, 5).await.expect("suggested").brands.clone();
    assert_eq!(brands("h").await, ["HP"]);
    search.set(FakeResponse { brand: "Hama", ..finds(&["a"], MANY) });
    advance(&shop, SUGGESTION_NAMES.saturating_sub(SECOND));
    assert_eq!(brands("ham").await, [""; 0], "another text, the names known before");
    advance(&shop, SECOND);
    assert_eq!(brands("hama").await, ["Hama"]);
    assert_eq!(brands(" *** ").await, [""; 0]);
}

#[tokio::test]
async fn an_expired_search_is_not_shown_while_search_is_down() {
    let shop = Shop::open().await;
    shop.stock().await;
    let search = FakeSearch::start(finds(&["b"], MANY)).await;
    let reader = shop.reader(index_at(&search.url));
    assert_eq!(page(&reader, &SearchQuery::default()).await, ["b"]);
    assert_eq!(page(&reader, &text()).await, ["b"]);
    search.set(FakeResponse { is_down: true, ..FakeResponse::default() });
    advance(&shop, SEARCH_OTHER.saturating_sub(SECOND));
    assert_eq!(page(&reader, &SearchQuery::default()).await, ["b"]);
    advance(&shop, SEARCH_BY_RELEVANCE);
    let list = reader.list(SearchQuery::default()).await.expect("browsed");
    let ids: Vec<_> = list.page.product_ids.iter().map(ToString::to_string).collect();
    assert_eq!((ids, list.degraded.is_some()), (vec!["a".to_owned(), "b".to_owned()], true));
    assert!(matches!(reader.list(text()).await, Err(CatalogError::Search(_))));
}

#[tokio::test]
async fn concurrent_requests_for_the_same_list_search_once() {
    let shop = Shop::open().await;
    shop.stock().await;
    let search = FakeSearch::start(finds(&["a"], MANY)).await;
    let reader = shop.reader(index_at(&search.url));
    let lists = join_all((0..50).map(|_| reader.list(SearchQuery::default()))).await;
    assert!(lists.iter().all(|list| list.as_ref().is_ok_and(|list| list.page.total == MANY)));
    assert_eq!(search.requests(), 1);
}
