use souk_catalog::{CachedCategories, CachedSynonyms, SearchReader};
use souk_domain::effects::Clock as _;
use souk_runtime::stream::ChangeHandler as _;
use souk_search::SearchIndex;

use super::*;
use crate::fixture::{Fixture, TestIndex, change, outcome, unreachable_index};

impl Fixture {
    pub(crate) fn list_products(&self, search: &SearchIndex) -> ListProducts {
        ListProducts {
            catalog: CatalogReader {
                search: SearchReader::new(search.clone(), self.clock.clone()),
                products: self.product_reader(),
                synonyms: CachedSynonyms::new(self.synonyms.clone(), self.clock.clone()),
                table: self.products.clone(),
                categories: CachedCategories::new(self.categories.clone(), self.clock.clone()),
                collections: self.cached_collections(),
            },
            currency: Currency::USD,
        }
    }
}

const SHOP: &str = r#"{"sku": "1", "name": "HP 364 cyan", "brand": "HP", "price": 12.5, "category": ["Printing", "Ink cartridges"], "attributes": {"Colour": "Cyan"}, "available": 3}
{"sku": "2", "name": "HP 364 black", "brand": "HP", "price": 9, "category": ["Printing", "Ink cartridges"], "attributes": {"Colour": "Black"}}
{"sku": "3", "name": "Canon toner", "brand": "Canon", "price": 49.99, "category": ["Printing", "Toner"], "available": 1}
{"sku": "4", "name": "Monitor", "price": 199, "category": ["Monitors"], "available": 1}
{"sku": "5", "name": "Odds and ends", "price": 1, "available": 1}"#;

fn get(parameters: &[(&str, &str)]) -> Request {
    let request = Request::new("GET", "/products");
    parameters.iter().fold(request, |request, (name, value)| request.with_query(name, value))
}

fn ids(reply: &Reply) -> Vec<String> {
    let body = reply.body_json();
    let products = body["products"].as_array().expect("products").iter();
    products.map(|product| product["id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn products_are_found_filtered_and_sorted_with_live_stock() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    shop.import(SHOP).await;
    let all: Vec<_> = ["1", "2", "3", "4", "5"].map(change).into();
    assert_eq!(shop.indexer(&scratch.index).handle(&all).await.len(), 0);
    scratch.index.refresh().await.expect("refreshed");
    let endpoint = shop.list_products(&scratch.index);
    let list = async |parameters: &[(&str, &str)]| endpoint.handle(&get(parameters)).await.expect("listed");

    shop.count("1", 2).await; // the index does not know, the list does
    let reply = list(&[("search", "364 cyan")]).await;
    let first = r#"{"products":[{"id":"1","name":"HP 364 cyan","price":12.50,"currency":"USD","stock_quantity":2,"sku":"1","brand":"HP","thumbnail_url":null}"#;
    assert!(reply.body().starts_with(first), "{}", reply.body());
    assert!(!reply.body().contains("degraded"));

    assert_eq!(ids(&list(&[("category_id", "printing"), ("sort", "price_asc")]).await), ["2", "1", "3"]);
    assert_eq!(ids(&list(&[("brand", "hp"), ("brand", "canon"), ("sort", "price_desc")]).await), ["3", "1", "2"]);
    assert_eq!(ids(&list(&[("attr.Colour", "Black")]).await), ["2"]);
    assert_eq!(ids(&list(&[("in_stock", "false")]).await), ["2"]);
    assert_eq!(ids(&list(&[("min_price", "9"), ("max_price", "12.50"), ("sort", "name")]).await), ["2", "1"]);
    let reply = list(&[("sort", "price_asc"), ("limit", "2"), ("page", "2")]).await;
    let body = reply.body_json();
    assert_eq!(
        (ids(&reply), body["total"].as_u64(), body["page"].as_u64()),
        (vec!["1".into(), "3".into()], Some(5), Some(2))
    );
    assert_eq!(
        body["facets"]["brands"],
        serde_json::json!([{"value": "HP", "count": 2}, {"value": "Canon", "count": 1}])
    );
    assert_eq!(list(&[("facets", "false")]).await.body_json().get("facets"), None);

    shop.delete("4").await; // still in the index
    shop.clock.advance_seconds(3);
    assert_eq!(ids(&list(&[("category_id", "monitors")]).await), [""; 0]);
    scratch.remove().await;
}

#[tokio::test]
async fn responses_have_corrections_and_a_cursor() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    shop.import(SHOP).await;
    let all: Vec<_> = ["1", "2", "3", "4", "5"].map(change).into();
    assert_eq!(shop.indexer(&scratch.index).handle(&all).await.len(), 0);
    scratch.index.refresh().await.expect("refreshed");
    let endpoint = shop.list_products(&scratch.index);
    let list = async |parameters: &[(&str, &str)]| endpoint.handle(&get(parameters)).await.expect("listed").body_json();

    let body = list(&[("search", "cannon tonr"), ("highlight", "true")]).await;
    assert_eq!((&body["did_you_mean"], &body["relaxed"]), (&"canon toner".into(), &serde_json::Value::Null));
    assert_eq!(body["products"][0]["name_html"], "<mark>Canon</mark> <mark>toner</mark>");
    let body = list(&[("search", "canon unicorn")]).await;
    assert_eq!((&body["products"][0]["id"], &body["relaxed"]), (&"3".into(), &true.into()));
    assert_eq!(body["products"][0].get("name_html"), None);

    let first = list(&[("sort", "price_asc"), ("limit", "3")]).await;
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let second = list(&[("sort", "price_asc"), ("limit", "3"), ("cursor", cursor)]).await;
    let ids = |body: &serde_json::Value| {
        let products = body["products"].as_array().expect("products").clone();
        products.iter().map(|product| product["id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((ids(&first).join(" "), ids(&second).join(" ")), ("5 2 1".to_owned(), "3 4".to_owned()));
    assert_eq!((second.get("page"), second.get("next_cursor"), &second["total"]), (None, None, &5.into()));

    let facets = list(&[("category_id", "printing"), ("attr.Colour", "Cyan")]).await["facets"].clone();
    let colours = serde_json::json!([{"name": "Colour", "values": [{"value": "Black", "count": 1}, {"value": "Cyan", "count": 1}]}]);
    assert_eq!(facets["attributes"], colours);
    assert_eq!(facets["prices"].to_string(), r#"[{"count":1,"max":19.99,"min":10.0}]"#);
    scratch.remove().await;
}

#[tokio::test]
async fn synonyms_of_staff_are_used_soon() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    shop.import(SHOP).await;
    assert_eq!(shop.indexer(&scratch.index).handle(&[change("4")]).await.len(), 0);
    scratch.index.refresh().await.expect("refreshed");
    let endpoint = shop.list_products(&scratch.index);
    let found = async || ids(&endpoint.handle(&get(&[("search", "bildschirm")])).await.expect("listed"));
    assert_eq!(found().await, [""; 0]);
    let groups = souk_domain::synonyms::SynonymGroups::new(&[vec!["bildschirm", "monitor"]]).expect("good");
    let list = souk_store::SynonymList { groups, version: 1 };
    let replaced = souk_store::SynonymsOutcome::Replaced { before: None };
    assert_eq!(shop.synonyms.put(&list, None).await.expect("written"), replaced);
    shop.clock.advance_seconds(10);
    assert_eq!(found().await, ["4"]);
    scratch.remove().await;
}

#[tokio::test]
async fn a_collection_lists_like_a_category_and_follows_its_rule() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    let today = shop.clock.now().date();
    let sale = format!(
        r#"{{"sku": "6", "name": "HP 364 magenta", "brand": "HP", "price": 8, "compare_at_price": 10, "released": "{today}", "attributes": {{"Colour": "Magenta"}}, "available": 1}}"#
    );
    shop.import(&format!("{SHOP}\n{sale}")).await;
    let all: Vec<_> = ["1", "2", "3", "4", "5", "6"].map(change).into();
    assert_eq!(shop.indexer(&scratch.index).handle(&all).await.len(), 0);
    scratch.index.refresh().await.expect("refreshed");
    let endpoint = shop.list_products(&scratch.index);
    let list = async |parameters: &[(&str, &str)]| endpoint.handle(&get(parameters)).await.expect("listed");
    assert_eq!(ids(&list(&[("collection_id", "hp")]).await), [""; 0], "unknown");

    let version = shop.put_collection("hp", r#"{"name": "HP", "brands": ["HP"], "version": 0}"#).await;
    shop.put_collection("sale", r#"{"name": "Sale", "on_sale": true, "version": 0}"#).await;
    shop.put_collection("new", r#"{"name": "New", "released_within_days": 7, "version": 0}"#).await;
    shop.clock.advance_seconds(10);
    let reply = list(&[("collection_id", "sale")]).await;
    assert_eq!(ids(&reply), ["6"]);
    assert!(reply.body().contains(r#""price":8.00,"compare_at_price":10.00"#), "{}", reply.body());
    assert_eq!(ids(&list(&[("collection_id", "new")]).await), ["6"]);
    let hp = [("collection_id", "hp"), ("sort", "price_asc"), ("limit", "2")];
    let first = list(&hp).await;
    assert_eq!((ids(&first), first.body_json()["total"].as_u64()), (vec!["6".into(), "2".into()], Some(3)));
    assert_eq!(first.body_json()["facets"]["attributes"][0]["name"], "Colour");
    let cursor = first.body_json()["next_cursor"].as_str().expect("a cursor").to_owned();
    let second = [&hp[..], &[("cursor", cursor.as_str())]].concat();
    assert_eq!(ids(&list(&second).await), ["1"]);
    assert_eq!(ids(&list(&[("collection_id", "hp"), ("attr.Colour", "Black")]).await), ["2"]);
    assert_eq!(ids(&list(&[("collection_id", "hp"), ("search", "cyan")]).await), ["1"]);

    // Another rule: the same cursor continues in the changed list.
    let canon = format!(r#"{{"name": "HP", "brands": ["HP", "Canon"], "version": {version}}}"#);
    shop.put_collection("hp", &canon).await;
    shop.clock.advance_seconds(10);
    assert_eq!(ids(&list(&second).await), ["1", "3"]);
    scratch.remove().await;
}

#[tokio::test]
async fn without_search_browsing_still_works() {
    let shop = Fixture::start().await;
    shop.import(SHOP).await;
    let endpoint = shop.list_products(&unreachable_index());
    let list = async |parameters: &[(&str, &str)]| endpoint.handle(&get(parameters)).await.expect("listed");
    let reply = list(&[("category_id", "printing")]).await;
    let body = reply.body_json();
    assert_eq!((ids(&reply), body["total"].as_u64()), (vec!["1".into(), "2".into(), "3".into()], Some(3)));
    assert_eq!((body["degraded"].as_bool(), body["products"][0]["stock_quantity"].as_u64()), (Some(true), Some(3)));
    assert_eq!(ids(&list(&[("category_id", "printing.toner")]).await), ["3"]);
    assert_eq!(ids(&list(&[("category_id", "unknown")]).await), [""; 0]);
    assert_eq!(ids(&list(&[("limit", "3")]).await), ["4", "1", "2"]);
    let second = list(&[("limit", "3"), ("page", "2")]).await;
    assert_eq!((ids(&second), second.body_json()["total"].as_u64()), (vec!["3".to_owned()], Some(4)));
}

#[tokio::test]
async fn without_search_searching_says_so() {
    let shop = Fixture::start().await;
    shop.put_collection("sale", r#"{"name": "Sale", "on_sale": true, "version": 0}"#).await;
    let endpoint = shop.list_products(&unreachable_index());
    for parameter in [
        ("search", "ink"),
        ("collection_id", "sale"),
        ("collection_id", "unknown"),
        ("brand", "HP"),
        ("in_stock", "true"),
        ("sort", "price_asc"),
        ("attr.a", "b"),
    ] {
        let result = endpoint.handle(&get(&[parameter])).await;
        assert_eq!(outcome(&result), (503, "search_unavailable"), "{parameter:?}");
    }
    assert_eq!(outcome(&endpoint.handle(&get(&[("page", "0")])).await), (422, "invalid_fields"));
}

#[tokio::test]
async fn the_id_of_a_merged_category_lists_the_other() {
    let Some(scratch) = TestIndex::new() else { return };
    let shop = Fixture::start().await;
    shop.import(SHOP).await;
    let id = |raw: &str| raw.parse::<CategoryId>().expect("an id");
    let merged = shop.categories.change(|tree| tree.merge(&id("printing.toner"), &id("printing.ink-cartridges"))).await;
    merged.expect("written").expect("merged");
    let all: Vec<_> = ["1", "2", "3", "4", "5"].map(change).into();
    assert_eq!(shop.indexer(&scratch.index).handle(&all).await.len(), 0);
    scratch.index.refresh().await.expect("refreshed");
    let query = [("category_id", "printing.toner"), ("sort", "price_asc")];
    let reply = shop.list_products(&scratch.index).handle(&get(&query)).await.expect("listed");
    assert_eq!(ids(&reply), ["2", "1", "3"]);
    assert_eq!(reply.body_json()["category_id"], "printing.ink-cartridges");
    let query = [("category_id", "printing.ink-cartridges")];
    let reply = shop.list_products(&scratch.index).handle(&get(&query)).await.expect("listed");
    assert_eq!(reply.body_json().get("category_id"), None);

    // The same from the table.
    let down = shop.list_products(&unreachable_index());
    for category_id in ["printing.toner", "printing.ink-cartridges", "printing"] {
        let reply = down.handle(&get(&[("category_id", category_id)])).await.expect("listed");
        assert_eq!(
            (ids(&reply), &reply.body_json()["degraded"]),
            (vec!["1".into(), "2".into(), "3".into()], &true.into())
        );
    }
    scratch.remove().await;
}
