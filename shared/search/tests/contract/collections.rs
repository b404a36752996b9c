//! Collections list like a category: with facets, filters, sorting and cursors.

use souk_domain::collection::CollectionRule;
use souk_domain::time::Timestamp;
use souk_search::{CollectionFilter, IndexedProduct, SearchPage, SearchQuery, Sort, Window};

use crate::fixture::{Scratch, ids, shop};

/// The day after the release of nb-1.
const NOW: &str = "2020-01-08T09:00:00Z";

fn at(now: &str) -> Timestamp {
    now.parse().expect("a time")
}

fn collection_at(rule: &CollectionRule, now: &str) -> SearchQuery {
    SearchQuery {
        collection_id: Some("chosen".parse().expect("an id")),
        collection: Some(CollectionFilter::new(rule, at(now))),
        ..SearchQuery::default()
    }
}

fn collection(rule: &CollectionRule) -> SearchQuery {
    collection_at(rule, NOW)
}

fn sorted(page: &SearchPage) -> Vec<String> {
    let mut ids = ids(page);
    ids.sort();
    ids
}

/// The small shop, with three products on sale.
async fn shop_with_a_sale() -> Option<Scratch> {
    let scratch = Scratch::new()?;
    let on_sale = |mut indexed: IndexedProduct| {
        let price = indexed.product.price_minor;
        if ["nb-1", "cab-1", "bag-1"].contains(&indexed.product.product_id.as_str()) {
            indexed.product.compare_at_price_minor = Some(price + 100);
        }
        indexed
    };
    scratch.put(shop().into_iter().map(on_sale).collect()).await;
    Some(scratch)
}

#[tokio::test]
async fn each_condition_selects_products() {
    let Some(shop) = shop_with_a_sale().await else { return };
    let none = CollectionRule::default;
    let found = async |rule: CollectionRule| sorted(&shop.search(&collection(&rule)).await);
    let category = Some("computers".parse().expect("an id"));
    assert_eq!(found(CollectionRule { category_id: category.clone(), ..none() }).await, ["nb-1", "nb-2"]);
    let brands = vec!["dell".to_owned(), "Cherry".to_owned()];
    assert_eq!(found(CollectionRule { brands, ..none() }).await, ["key-2", "mon-1"]);
    let colours = vec!["Black".to_owned(), "Silver".to_owned()];
    let attributes = [("Product colour".to_owned(), colours)].into();
    assert_eq!(found(CollectionRule { attributes, ..none() }).await, ["bag-1", "nb-1", "nb-2"]);
    let price = CollectionRule { min_price_minor: Some(790), max_price_minor: Some(890), ..none() };
    assert_eq!(found(price).await, ["cab-2", "cab-3"]);
    assert_eq!(found(CollectionRule { on_sale: true, ..none() }).await, ["bag-1", "cab-1", "nb-1"]);
    assert_eq!(found(CollectionRule { on_sale: true, category_id: category, ..none() }).await, ["nb-1"]);
    shop.remove().await;
}

#[tokio::test]
async fn new_products_age_and_those_of_the_future_are_not_new() {
    let Some(shop) = shop_with_a_sale().await else { return };
    let found = async |days: u32, now: &str| {
        let rule = CollectionRule { released_within_days: Some(days), ..CollectionRule::default() };
        sorted(&shop.search(&collection_at(&rule, now)).await)
    };
    assert_eq!(found(1, "2020-01-06T23:59:59Z").await, [""; 0]);
    assert_eq!(found(1, "2020-01-07T00:00:00Z").await, ["nb-1"]);
    assert_eq!(found(1, "2020-01-08T23:59:59Z").await, ["nb-1"]);
    assert_eq!(found(1, "2020-01-09T00:00:00Z").await, [""; 0]);
    assert_eq!(found(365, "2019-11-20T12:00:00Z").await, ["mon-1", "nb-2"]);
    shop.remove().await;
}

#[tokio::test]
async fn a_collection_is_filtered_searched_and_sorted_and_has_facets() {
    let Some(shop) = shop_with_a_sale().await else { return };
    let rule = CollectionRule { on_sale: true, ..CollectionRule::default() };
    let sale = SearchQuery { facets: true, sort: Sort::PriceAsc, ..collection(&rule) };
    let all = shop.search(&sale).await;
    assert_eq!((ids(&all), all.total), (vec!["cab-1".into(), "bag-1".into(), "nb-1".into()], 3));
    let facets = |page: &SearchPage| {
        page.facets.brands.iter().map(|brand| format!("{} {}", brand.value, brand.count)).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(facets(&all), "Hama 1, Lenovo 1, Targus 1");
    assert_eq!(all.facets.attributes.len(), 1, "attributes can be chosen in a collection");
    assert_eq!(all.facets.categories.len(), 6);

    // The facet of brands ignores the filter of the shopper, but not the rule.
    let hama = shop.search(&SearchQuery { brand: vec!["Hama".to_owned()], ..sale.clone() }).await;
    assert_eq!((ids(&hama), facets(&hama)), (vec!["cab-1".to_owned()], "Hama 1, Lenovo 1, Targus 1".to_owned()));
    let black = SearchQuery { text: Some("black notebook".to_owned()), ..sale.clone() };
    assert_eq!(ids(&shop.search(&black).await), ["bag-1", "nb-1"]);
    let dear = SearchQuery { min_price_minor: Some(5_000), ..sale.clone() };
    assert_eq!(ids(&shop.search(&dear).await), ["nb-1"]);
    // The rule and the filter of the shopper are both met, also when they are about the same field.
    let rule = CollectionRule { brands: vec!["Hama".to_owned(), "Dell".to_owned()], ..CollectionRule::default() };
    let dell = SearchQuery { brand: vec!["Dell".to_owned(), "HP".to_owned()], ..collection(&rule) };
    assert_eq!(ids(&shop.search(&dell).await), ["mon-1"]);

    let mut seen = Vec::new();
    let mut window = Window::new(1, 1).expect("a page");
    loop {
        let page = shop.search(&SearchQuery { window, ..sale.clone() }).await;
        seen.extend(ids(&page));
        let Some(next) = page.next else { break };
        window = Window::after(next, 1);
    }
    assert_eq!(seen, ["cab-1", "bag-1", "nb-1"]);
    shop.remove().await;
}

#[tokio::test]
async fn no_product_is_in_an_unknown_collection() {
    let Some(shop) = shop_with_a_sale().await else { return };
    let query = SearchQuery { collection_id: Some("unknown".parse().expect("an id")), ..SearchQuery::default() };
    let page = shop.search(&SearchQuery { facets: true, ..query }).await;
    assert_eq!((page.total, page.product_ids.len(), page.facets.brands.len()), (0, 0, 0));
    shop.remove().await;
}
