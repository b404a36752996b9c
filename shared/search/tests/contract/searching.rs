//! What is found, and in which order.

use souk_search::{FacetCount, SearchQuery, Sort, Window};

use crate::fixture::{Scratch, ids, product};

#[tokio::test]
async fn words_are_understood() {
    let Some(shop) = Scratch::shop().await else { return };
    for (text, expected) in [
        ("thinkpad", "nb-1"),
        ("ThinkPad X13", "nb-1"),
        ("lenovo notebooks", "nb-1"), // plural for singular
        ("cherry keyboard", "key-2"), // singular for plural
        ("keybord logitech", "key-1"),
        ("eyboard k120", "key-1"), // the first letter is missing
        ("targus bakcpack", "bag-1"),
        ("probook notebook", "nb-2"), // "note book" in the name
        ("think pad", "nb-1"),
        ("note book x13", "nb-1"),
        ("key bord logitech", "key-1"), // split and misspelt
        ("usb c cable", "cab-1"),
        ("usb-c", "cab-1"),
        ("usbc", "cab-1"),
        ("27 inch monitor", "mon-1"),
        ("27\" monitor", "mon-1"),
        ("27inch", "mon-1"),
        ("laptop lenovo", "nb-1"), // a synonym
        ("8gb notebook", "nb-2"),  // "8GB" and "8 GB"
        ("16gb notebook", "nb-1"),
        ("black backpack", "bag-1"), // by an attribute and the name
        ("hama cable with usb c", "cab-1"),
        ("Lenovo ThinkPad purple unicorn", "nb-1"), // what nobody has is given up
        ("notebook bakpack", "bag-1"),              // the last word says what it is
        ("backpack for notebooks", "bag-1"),        // or the one before "for"
        ("laptpo lenovo", "nb-1"),                  // a misspelt synonym
        ("hama cable 1.5 m", "cab-3"),              // not 5 m
    ] {
        let found = shop.find(text).await;
        assert_eq!(found.first().map(String::as_str), Some(expected), "{text}: {found:?}");
    }
    shop.remove().await;
}

#[tokio::test]
async fn codes_are_found_exactly() {
    let Some(shop) = Scratch::shop().await else { return };
    assert_eq!(shop.find("LC-1000BK").await, ["LC-1000BK"]);
    assert_eq!(shop.find("lc1100bk").await, ["LC-1100BK"]);
    assert_eq!(shop.find("lc 1100 bk").await, ["LC-1100BK"]);
    assert_eq!(shop.find("5397184217696").await, ["mon-1"]);
    assert_eq!(shop.find("05397184217696").await, ["mon-1"]);
    assert_eq!(shop.find("539718421769").await, [""; 0]);
    shop.remove().await;
}

#[tokio::test]
async fn a_kind_comes_before_its_accessories_and_stock_before_none() {
    let Some(shop) = Scratch::shop().await else { return };
    let notebooks = shop.find("notebook").await;
    assert_eq!(notebooks.len(), 3);
    assert_eq!(notebooks[2], "bag-1", "{notebooks:?}");
    assert_eq!(shop.find("monitor full hd").await, ["mon-1", "mon-2"]);
    assert_eq!(shop.find("5m").await, ["cab-4"]);
    shop.remove().await;
}

#[tokio::test]
async fn filters_narrow() {
    let Some(shop) = Scratch::shop().await else { return };
    let everything = SearchQuery::default();
    let found = async |query: SearchQuery| {
        let mut found = ids(&shop.search(&query).await);
        found.sort();
        found
    };
    let category = |id: &str| SearchQuery { category_id: Some(id.parse().expect("id")), ..everything.clone() };
    assert_eq!(found(category("computers.notebooks")).await, ["nb-1", "nb-2"]);
    assert_eq!(found(category("cables-adapters")).await, ["cab-1", "cab-2", "cab-3", "cab-4"]);
    let brand = SearchQuery { brand: vec!["lenovo".to_owned(), "HP".to_owned()], ..everything.clone() };
    assert_eq!(found(brand).await, ["nb-1", "nb-2"]);
    let price = SearchQuery { min_price_minor: Some(4_990), max_price_minor: Some(8_990), ..everything.clone() };
    assert_eq!(found(price).await, ["bag-1", "key-2"]);
    assert_eq!(found(SearchQuery { in_stock: Some(false), ..everything.clone() }).await, ["mon-2"]);
    let pairs =
        |values: &[&str]| values.iter().map(|value| ("Product colour".to_owned(), (*value).to_owned())).collect();
    let black = SearchQuery { attributes: pairs(&["Black"]), ..everything.clone() };
    assert_eq!(found(black).await, ["bag-1", "nb-1"]);
    let either = SearchQuery { attributes: pairs(&["Black", "Silver"]), ..category("computers") };
    assert_eq!(found(either).await, ["nb-1", "nb-2"]);
    let text = SearchQuery { text: Some("notebook".to_owned()), ..category("computers") };
    assert_eq!(found(text).await, ["nb-1", "nb-2"]);
    shop.remove().await;
}

#[tokio::test]
async fn orders() {
    let Some(shop) = Scratch::shop().await else { return };
    let first = async |sort| ids(&shop.search(&SearchQuery { sort, ..SearchQuery::default() }).await)[..3].join(" ");
    assert_eq!(first(Sort::PriceAsc).await, "cab-2 cab-3 cab-1");
    assert_eq!(first(Sort::PriceDesc).await, "nb-1 nb-2 mon-1");
    assert_eq!(first(Sort::Newest).await, "nb-1 nb-2 mon-1");
    assert_eq!(first(Sort::Name).await, "LC-1000BK LC-1100BK key-2");
    let text = Some("notebook".to_owned());
    let cheapest = SearchQuery { text, sort: Sort::PriceAsc, ..SearchQuery::default() };
    assert_eq!(ids(&shop.search(&cheapest).await), ["bag-1", "nb-2", "nb-1"]);
    shop.remove().await;
}

#[tokio::test]
async fn pages_do_not_overlap() {
    let Some(scratch) = Scratch::new() else { return };
    // All alike: only the id tells them apart.
    let alike = |n: u32| product(&format!("sku-{n:03}"), "Hama patch cable", "Hama", ["Cables", "Patch cables"], 500);
    scratch.put((0..45).map(alike).collect()).await;
    for text in [None, Some("patch cable".to_owned())] {
        let mut seen = Vec::new();
        for page in 1..=5 {
            let window = Window::new(page, 10).expect("a page");
            let found = scratch.search(&SearchQuery { text: text.clone(), window, ..SearchQuery::default() }).await;
            assert_eq!(found.total, 45);
            seen.extend(ids(&found));
        }
        let expected: Vec<_> = (0..45).map(|n| format!("sku-{n:03}")).collect();
        assert_eq!(seen, expected);
    }
    scratch.remove().await;
}

#[tokio::test]
async fn the_deepest_page_is_answered() {
    let Some(shop) = Scratch::shop().await else { return };
    let window = Window::new(100, 100).expect("a page");
    let found = shop.search(&SearchQuery { window, ..SearchQuery::default() }).await;
    assert_eq!((found.product_ids.len(), found.total), (0, 13));
    shop.remove().await;
}

#[tokio::test]
async fn facets_respect_the_other_filters() {
    let Some(shop) = Scratch::shop().await else { return };
    let counted = async |brand: &[&str]| {
        let brand = brand.iter().map(|brand| (*brand).to_owned()).collect();
        let text = Some("notebook".to_owned());
        shop.search(&SearchQuery { text, brand, facets: true, ..SearchQuery::default() }).await
    };
    let brand = |value: &str| FacetCount { value: value.to_owned(), count: 1 };
    let all = counted(&[]).await;
    assert_eq!(all.facets.brands, [brand("HP"), brand("Lenovo"), brand("Targus")]);
    let categories = |page: &souk_search::SearchPage| {
        page.facets.categories.iter().map(|c| format!("{} {}", c.value, c.count)).collect::<Vec<_>>().join(", ")
    };
    let both = "computers 2, computers.notebooks 2, bags-cases 1, bags-cases.notebook-bags-backpacks 1";
    assert_eq!(categories(&all), both);
    let hp = counted(&["HP"]).await;
    assert_eq!((hp.total, ids(&hp)), (1, vec!["nb-2".to_owned()]));
    assert_eq!(hp.facets.brands.len(), 3);
    assert_eq!(categories(&hp), "computers 1, computers.notebooks 1");
    shop.remove().await;
}

#[tokio::test]
async fn hostile_texts_are_only_text() {
    let Some(shop) = Scratch::shop().await else { return };
    let long = "notebook ".repeat(5_000);
    let wide = "ｎｏｔｅｂｏｏｋ";
    for text in [
        "*",
        "*:*",
        "\"",
        "\"notebook",
        "(a OR b",
        "name:x AND",
        "/.*/",
        "note~100",
        "\\",
        "{\"match_all\":{}}",
        "<script>",
        "' OR 1=1 --",
        "\u{0}",
        "😀😀😀",
        "日本語 ノート",
        "\u{202e}koobeton",
        "a b c d e f g h i j k l m n o p q r s t",
        "kindstart notebook kindend",
        "-----",
        "....",
        "5.5.5.5.5.5",
        &long,
        wide,
        &"𝔘".repeat(300),
        &"é".repeat(9_999),
    ] {
        let query = SearchQuery {
            text: Some(text.to_owned()),
            brand: vec![text.to_owned()],
            attributes: vec![(text.to_owned(), text.to_owned())],
            ..SearchQuery::default()
        };
        shop.search(&query).await;
        shop.find(text).await;
    }
    assert_eq!(shop.find("***").await, [""; 0]);
    assert_eq!(shop.find(&long).await.len(), 3);
    assert_eq!(shop.find("  ").await.len(), 13);
    assert_eq!(shop.find("thinkpad\" OR \"").await, ["nb-1"]);
    shop.remove().await;
}
