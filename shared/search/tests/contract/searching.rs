//! The results of searches and their order.

use souk_domain::synonyms::SynonymGroups;
use souk_search::{
    AttributeFacet, FacetCount, Highlight, IndexedProduct, Position, PriceRange, SearchPage, SearchQuery, Sort,
    Synonyms, Window,
};

use crate::fixture::{self, Scratch, ids, product};

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
    shop.remove().await;
}

#[tokio::test]
async fn a_number_decides_whatever_stands_beside_it() {
    let Some(shop) = Scratch::shop().await else { return };
    for (text, expected) in [
        ("ean 5397184217696", "mon-1"),
        ("EAN: 05397184217696", "mon-1"),
        ("5 397184 217696", "mon-1"),
        ("usb keyboard 5397184217696", "mon-1"), // other products have these words
        ("5397184217696 backpack black", "mon-1"),
        ("part no LC-1000BK", "LC-1000BK"),
        ("spare lc1000bk", "LC-1000BK"),
        ("item number LC-1100BK magenta", "LC-1100BK"),
        ("art. LC-1100BK", "LC-1100BK"),
        ("model P2719H", "mon-1"), // a number in a name
        ("unicorn P2719H purple", "mon-1"),
        ("lc 1100 bk unicorn", "LC-1100BK"),
        ("LC-1100BK x2", "LC-1100BK"),
        ("2x LC-1100BK", "LC-1100BK"),
        ("\"LC-1000BK\"", "LC-1000BK"),
        ("“LC-1000BK”", "LC-1000BK"),
        ("(LC-1000BK)", "LC-1000BK"),
        ("[LC-1000BK]", "LC-1000BK"),
        ("#LC-1000BK.", "LC-1000BK"),
        ("sku mon-1", "mon-1"),
    ] {
        let found = shop.find(text).await;
        assert_eq!(found.first().map(String::as_str), Some(expected), "{text}: {found:?}");
        let page = shop.search(&SearchQuery { text: Some(text.to_owned()), ..SearchQuery::default() }).await;
        assert_eq!(page.did_you_mean, None, "{text}");
    }
    shop.remove().await;
}

#[tokio::test]
async fn begun_words_and_numbers_are_completed_before_they_are_corrected() {
    let Some(scratch) = Scratch::shop().await else { return };
    let category = ["Outdoor", "Camping chairs"];
    scratch
        .put(vec![
            product("OUT-0000472", "Moorgate folding chair", "Aldercamp", category, 4_990),
            product("XL-VL-4038-60", "Vellmar lantern", "Aldercamp", category, 2_990),
            product("501250000", "Vellmar stove", "Aldercamp", category, 5_990),
        ])
        .await;
    for (text, expected) in [
        ("OUT-00004", "OUT-0000472"),
        ("out00004", "OUT-0000472"),
        ("part no OUT-00004", "OUT-0000472"),
        ("0000472", "OUT-0000472"),
        ("4038-60", "XL-VL-4038-60"),
        ("vl-4038", "XL-VL-4038-60"),
        ("50125", "501250000"),
        ("539718421769", "mon-1"), // an EAN without its check digit
        ("moorg", "OUT-0000472"),
        ("moorg chair", "OUT-0000472"),
        ("chair moorg", "OUT-0000472"),
        ("alder lantern", "XL-VL-4038-60"), // a brand
        ("backp", "bag-1"),
        ("lenovo thinkp", "nb-1"),
        ("lc-110", "LC-1100BK"),
        ("lc110", "LC-1100BK"),
        ("unicorn OUT-00004", "OUT-0000472"), // no word of it but the number
    ] {
        let page = scratch
            .search(&SearchQuery {
                text: Some(text.to_owned()),
                facets: true,
                highlight: true,
                ..SearchQuery::default()
            })
            .await;
        assert_eq!(ids(&page).first().map(String::as_str), Some(expected), "{text}: {page:?}");
        assert_eq!(page.did_you_mean, None, "{text}");
        let counted: u64 = page.facets.brands.iter().map(|brand| brand.count).sum();
        assert_eq!(counted, page.total, "{text}: facets count the same products");
    }
    for text in ["zzzz", "zz-99", "99999"] {
        assert_eq!(scratch.find(text).await, [""; 0], "{text}");
    }
    assert_eq!(scratch.find("mo").await, [""; 0]); // too short for a beginning
    let query = SearchQuery { text: Some("moorg".to_owned()), highlight: true, ..SearchQuery::default() };
    let page = scratch.search(&query).await;
    let marked: Vec<_> = page.highlights.values().map(Highlight::to_html).collect();
    assert_eq!(marked, ["<mark>Moorgate</mark> folding chair"]);
    scratch.remove().await;
}

#[tokio::test]
async fn joined_words_quotations_and_signs() {
    let Some(scratch) = Scratch::shop().await else { return };
    let phones = ["Phones", "Mobile phones"];
    let books = ["Books", "Programming"];
    scratch
        .put(vec![
            product("ph-1", "Galaxyo S24 Ultra", "Samsong", phones, 99_900),
            product("ph-2", "Galaxyo S23 Ultra", "Samsong", phones, 79_900),
            product("ph-3", "Redmo Note 13 Pro", "Xiomi", phones, 29_900),
            product("ph-4", "Redmo Note 12 Pro", "Xiomi", phones, 19_900),
            product("bk-1", "Programming in C# from scratch", "Packer", books, 2_900),
            product("bk-2", "Programming in C++ from scratch", "Packer", books, 2_900),
            product("bk-3", "Programming in C from scratch", "Packer", books, 2_900),
            product("bk-4", "Programming for .NET from scratch", "Packer", books, 2_900),
            product("bk-5", "Programming net applications", "Packer", books, 2_900),
        ])
        .await;
    for (text, expected) in [
        ("galaxyos24", &["ph-1"][..]),
        ("galaxyos24 ultra", &["ph-1"]),
        ("galaxyos24ultra", &["ph-1"]),
        ("redmonote13", &["ph-3"]),
        ("note13pro", &["ph-3"]),
        ("xiomi redmonote 13", &["ph-3"]),
        ("programming c#", &["bk-1"]),
        ("C# programming", &["bk-1"]),
        ("programming c sharp", &["bk-1"]),
        ("programming c++", &["bk-2"]),
        ("programming .net", &["bk-4"]),
        (".NET", &["bk-4"]),
        ("c#", &["bk-1"]),
        ("c++", &["bk-2"]),
        ("\"programming in C from scratch\"", &["bk-3"]),
        ("\"Galaxyo S24\" ultra", &["ph-1"]),
        ("“dell P2719H monitor 27” full hd", &["mon-1"]),
        ("\"27\" monitor\"", &["mon-1"]),
        ("27” monitor", &["mon-1"]),
        ("27'' monitor", &["mon-1"]),
    ] {
        let found = scratch.find(text).await;
        assert_eq!(found.first().map(String::as_str), expected.first().copied(), "{text}: {found:?}");
        assert!(found.len() <= expected.len(), "{text}: {found:?}");
    }
    let books = async |text: &str| {
        let mut found = scratch.find(text).await;
        found.retain(|id| id.starts_with("bk"));
        found
    };
    assert!(!books("c").await.iter().any(|id| id == "bk-1" || id == "bk-2"));
    assert!(!books("net").await.iter().any(|id| id == "bk-4"));
    scratch.remove().await;
}

#[tokio::test]
async fn hyphenated_synonyms_of_several_words() {
    let Some(scratch) = Scratch::new() else { return };
    let parts = ["Car parts", "Air"];
    scratch
        .put(vec![
            product("air-1", "Bosk AIR-INTAQ chrome", "Bosk", parts, 4_900),
            product("air-2", "Bosk air intake steel", "Bosk", parts, 3_900),
            product("usb-1", "Hama pen drive", "Hama", ["Storage", "Sticks"], 900),
        ])
        .await;
    let groups = SynonymGroups::new(&[vec!["AIR-INTAQ", "air intake"], vec!["usb flash drive", "pen drive"]]);
    let synonyms = Synonyms::from(&groups.expect("good"));
    for (text, expected) in [
        ("AIR-INTAQ", "air-1 air-2"),
        ("air intaq", "air-1 air-2"),
        ("airintaq", "air-1 air-2"),
        ("air intake", "air-1 air-2"),
        ("air-intake", "air-1 air-2"),
        ("air intake chrome", "air-1"),
        ("air-intaq steel", "air-2"),
        ("usb flash drive", "usb-1"),
        ("usb-flash-drive", "usb-1"),
        ("usb flash drive hama", "usb-1"),
    ] {
        let query = SearchQuery { text: Some(text.to_owned()), synonyms: synonyms.clone(), ..SearchQuery::default() };
        let page = scratch.search(&query).await;
        let mut found = ids(&page);
        found.sort();
        assert_eq!((found.join(" "), page.relaxed), (expected.to_owned(), false), "{text}");
    }
    scratch.remove().await;
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

/// A noun that only says what something else goes with is not the thing, whatever the category is called.
#[tokio::test]
async fn a_thing_comes_before_what_goes_with_it() {
    const KEYBOARDS: [&str; 2] = ["Input devices", "Keyboards & keypads"];
    const COOLING: [&str; 2] = ["Components", "Cases & cooling"];
    const BAGS: [&str; 2] = ["Bags", "Notebook bags & backpacks"];
    const STICKS: [&str; 2] = ["Storage", "USB flash drives"];
    let Some(shop) = Scratch::new() else { return };
    shop.put(vec![
        product("cover", "Moorgh keyboard cover", "Moorgh", KEYBOARDS, 900),
        product("drawer", "Moorgh drawer for a keyboard", "Moorgh", KEYBOARDS, 900),
        product("key", "Moorgh TX-80 slim wireless keyboard USB QWERTY US English, black", "Moorgh", KEYBOARDS, 900),
        product("cooler", "Moorgh laptop cooler 15\"", "Moorgh", COOLING, 900),
        product("case", "Moorgh TC-15 laptop case 15\" with a strap, black", "Moorgh", BAGS, 900),
        product("for", "Moorgh case for a laptop", "Moorgh", ["Bags", "Other"], 900),
        product("flash", "Moorgh USB flash drive 8 GB", "Moorgh", STICKS, 900),
        product("stick", "Moorgh Memory Stick PRO 8 GB memory card", "Moorgh", ["Storage", "Memory cards"], 900),
    ])
    .await;
    for (text, expected) in [
        ("keyboard", "key cover drawer"),
        ("keyboard cover", "cover"),
        ("cover for keyboard", "cover"),
        ("keyboard black", "key"),
        ("laptop case", "case"),
        ("laptop cooler", "cooler"),
        ("memory stick", "stick flash"),
    ] {
        let found = shop.find(text).await;
        let expected: Vec<_> = expected.split(' ').collect();
        assert!(found.iter().map(String::as_str).take(expected.len()).eq(expected), "{text}: {found:?}");
    }
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
    // Equal except for the id.
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
    let categories = |page: &SearchPage| {
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
async fn facets_of_prices_and_attributes_ignore_their_own_filter() {
    let Some(shop) = Scratch::shop().await else { return };
    let notebooks = SearchQuery { text: Some("notebook".to_owned()), facets: true, ..SearchQuery::default() };
    let prices = |page: &SearchPage| {
        let range = |price: &FacetCount<PriceRange>| (price.value.min_minor, price.value.max_minor, price.count);
        page.facets.prices.iter().map(range).collect::<Vec<_>>()
    };
    let attributes = |page: &SearchPage| {
        let values = |a: &AttributeFacet| {
            a.values.iter().map(|v| format!("{} {}", v.value, v.count)).collect::<Vec<_>>().join(", ")
        };
        page.facets.attributes.iter().map(|a| format!("{}: {}", a.name, values(a))).collect::<Vec<_>>()
    };
    let all_prices =
        [(Some(2_000), Some(4_999), 1), (Some(50_000), Some(99_999), 1), (Some(100_000), Some(199_999), 1)];
    let all = shop.search(&notebooks).await;
    assert_eq!(prices(&all), all_prices);
    assert_eq!(attributes(&all), ["Product colour: Black 2, Silver 1"]);

    let cheap = shop.search(&SearchQuery { max_price_minor: Some(4_990), ..notebooks.clone() }).await;
    assert_eq!((ids(&cheap), prices(&cheap)), (vec!["bag-1".to_owned()], all_prices.to_vec()));
    assert_eq!(attributes(&cheap), ["Product colour: Black 1"]);
    let silver = [("Product colour".to_owned(), "Silver".to_owned())].to_vec();
    let silver = shop.search(&SearchQuery { attributes: silver, ..notebooks.clone() }).await;
    assert_eq!((ids(&silver), prices(&silver)), (vec!["nb-2".to_owned()], vec![(Some(50_000), Some(99_999), 1)]));
    assert_eq!(attributes(&silver), ["Product colour: Black 2, Silver 1"]);

    let computers = SearchQuery { category_id: Some("computers".parse().expect("id")), ..notebooks };
    let computers = shop.search(&SearchQuery { text: None, ..computers }).await;
    assert_eq!((computers.total, computers.facets.categories.len()), (2, 13)); // all categories can be chosen
    assert_eq!(attributes(&computers), ["Product colour: Black 1, Silver 1"]);
    let everything = shop.search(&SearchQuery { facets: true, ..SearchQuery::default() }).await;
    assert_eq!(attributes(&everything), [""; 0]);
    shop.remove().await;
}

#[tokio::test]
async fn odd_names_of_attributes_are_counted_and_filtered_like_others() {
    let Some(scratch) = Scratch::new() else { return };
    let mut odd = product("sku-1", "Hama cable", "Hama", ["Cables", "Patch cables"], 500);
    let long = "x".repeat(500);
    for (name, value) in [("a=b (c).*", "1=2"), ("a=b", "3"), (&long, "4")] {
        odd.product.attributes.insert(name.to_owned(), souk_domain::catalog::AttributeValue::Text(value.to_owned()));
    }
    scratch.put(vec![odd]).await;
    for (name, value) in [("a=b (c).*", "1=2"), ("a=b", "3"), (&long, "4")] {
        let attributes = vec![(name.to_owned(), value.to_owned()), (name.to_owned(), "other".to_owned())];
        let page = scratch.search(&SearchQuery { attributes, facets: true, ..SearchQuery::default() }).await;
        let values: Vec<_> = page.facets.attributes.iter().filter(|facet| facet.name == name).collect();
        assert_eq!((page.total, values.len()), (1, 1), "{name}");
        assert_eq!(values[0].values, [FacetCount { value: value.to_owned(), count: 1 }]);
    }
    scratch.remove().await;
}

/// Spellings of one brand or attribute, the one that is shown first.
const SPELLINGS: [&[&str]; 5] = [
    &["HP", "hp", "Hp", "\u{ff28}\u{ff30}"],
    &["Citroën", "Citroen", "CITROËN", "Citroe\u{308}n"],
    &["Straße", "STRASSE", "strasse"],
    &["İstanbul", "istanbul", "Istanbul"],
    &["Ёлка", "елка", "ЁЛКА"],
];

/// Products with every spelling as the brand, and as the name and the value of an attribute; the first spelling most
/// often.
fn products_in_all_spellings() -> Vec<IndexedProduct> {
    let spellings = SPELLINGS.iter().flat_map(|spellings| spellings.iter().chain(&spellings[..1]));
    let with_spelling = |(number, spelling): (usize, &&str)| {
        let mut indexed = product(&format!("p-{number:02}"), "thing", spelling, ["Things", "Small things"], 500);
        let value = souk_domain::catalog::AttributeValue::Text((*spelling).to_owned());
        indexed.product.attributes.insert((*spelling).to_owned(), value);
        indexed
    };
    spellings.enumerate().map(with_spelling).collect()
}

#[tokio::test]
async fn facets_count_what_their_filters_find_in_every_spelling() {
    let Some(scratch) = Scratch::new() else { return };
    scratch.put(products_in_all_spellings()).await;
    let all = SearchQuery { text: Some("thing".to_owned()), facets: true, ..SearchQuery::default() };
    let counted = scratch.search(&all).await;
    let mut expected: Vec<_> =
        SPELLINGS.iter().map(|of| FacetCount { value: of[0].to_owned(), count: of.len() as u64 + 1 }).collect();
    let by_name = |one: &FacetCount<String>, other: &FacetCount<String>| one.value.cmp(&other.value);
    expected.sort_by(by_name);
    let mut brands = counted.facets.brands.clone();
    brands.sort_by(by_name);
    assert_eq!(brands, expected);
    let mut attributes: Vec<_> = counted.facets.attributes.iter().map(|facet| facet.name.clone()).collect();
    attributes.sort();
    assert_eq!(attributes, expected.iter().map(|entry| entry.value.clone()).collect::<Vec<_>>());

    for spellings in SPELLINGS {
        let entry = FacetCount { value: spellings[0].to_owned(), count: spellings.len() as u64 + 1 };
        for spelling in spellings {
            let by_brand = scratch.search(&SearchQuery { brand: vec![(*spelling).to_owned()], ..all.clone() }).await;
            assert_eq!((by_brand.total, by_brand.facets.brands.len()), (entry.count, SPELLINGS.len()), "{spelling}");
            // Name and value in different spellings.
            let attributes = vec![((*spelling).to_owned(), spellings[1].to_owned())];
            let by_attribute = scratch.search(&SearchQuery { attributes, ..all.clone() }).await;
            assert_eq!(by_attribute.total, entry.count, "{spelling}");
            let facet = by_attribute.facets.attributes.first().expect("the attribute that is filtered by");
            assert_eq!(facet.name, entry.value, "{spelling}");
            assert_eq!(facet.values, std::slice::from_ref(&entry), "{spelling}");
        }
    }
    scratch.remove().await;
}

#[tokio::test]
async fn different_brands_are_not_one() {
    let Some(scratch) = Scratch::new() else { return };
    let brands = ["C#", "C++", "C", "й", "и", "が", "か", "10²", "102"];
    let products = brands.iter().enumerate();
    let products = products
        .map(|(number, brand)| product(&format!("p-{number}"), "thing", brand, ["Things", "Small things"], 500));
    scratch.put(products.collect()).await;
    for brand in brands {
        let page = scratch.search(&SearchQuery { brand: vec![brand.to_owned()], ..SearchQuery::default() }).await;
        assert_eq!(page.total, 1, "{brand}");
    }
    scratch.remove().await;
}

#[tokio::test]
async fn a_list_continues_where_a_page_ended() {
    let Some(shop) = Scratch::shop().await else { return };
    let mut queries: Vec<SearchQuery> = [Sort::Relevance, Sort::PriceAsc, Sort::PriceDesc, Sort::Newest, Sort::Name]
        .map(|sort| SearchQuery { sort, ..SearchQuery::default() })
        .into();
    let text = |text: &str| SearchQuery { text: Some(text.to_owned()), ..SearchQuery::default() };
    queries.extend([
        text("hama cable"),
        text("hama cabel"),
        text("black"),
        SearchQuery { sort: Sort::Newest, ..text("hd monitor") },
    ]);
    for query in queries {
        let whole =
            ids(&shop.search(&SearchQuery { window: Window::new(1, 100).expect("a page"), ..query.clone() }).await);
        let (mut seen, mut window) = (Vec::new(), Window::new(1, 2).expect("a page"));
        loop {
            let page = shop.search(&SearchQuery { window, ..query.clone() }).await;
            assert_eq!(page.total, whole.len() as u64);
            seen.extend(ids(&page));
            let Some(next) = page.next else { break };
            let next: Position = next.to_string().parse().expect("its own text");
            assert!(next.is_of(query.sort, query.text.is_some()), "{:?} {:?}: {next:?}", query.sort, query.text);
            window = Window::after(next, 2);
        }
        assert_eq!(seen, whole, "{:?} {:?}", query.sort, query.text);
    }
    shop.remove().await;
}

#[tokio::test]
async fn corrections_are_reported() {
    let Some(shop) = Scratch::shop().await else { return };
    let search =
        async |text: &str| shop.search(&SearchQuery { text: Some(text.to_owned()), ..SearchQuery::default() }).await;
    assert_eq!(search("lenovo notebook").await.did_you_mean, None);
    let page = search("lenvo notebok").await;
    assert_eq!((page.did_you_mean.as_deref(), page.relaxed), (Some("lenovo notebook"), false));
    assert_eq!(search("key bord logitech").await.did_you_mean.as_deref(), Some("keyboard logitech"));
    let page = search("lenovo unicorn").await;
    assert_eq!((page.did_you_mean, page.relaxed), (None, true));
    shop.remove().await;
}

#[tokio::test]
async fn names_are_marked_where_they_match() {
    let Some(shop) = Scratch::shop().await else { return };
    let marked = async |text: &str| {
        let page =
            shop.search(&SearchQuery { text: Some(text.to_owned()), highlight: true, ..SearchQuery::default() }).await;
        page.product_ids.first().and_then(|id| page.highlights.get(id)).map(Highlight::to_html)
    };
    assert_eq!(
        marked("thinkpads").await.as_deref(),
        Some("Lenovo <mark>ThinkPad</mark> X13 notebook 13.3&quot; 16 GB")
    );
    assert_eq!(
        marked("lenvo laptop").await.as_deref(),
        Some("<mark>Lenovo</mark> ThinkPad X13 <mark>notebook</mark> 13.3&quot; 16 GB")
    );
    assert!(marked("usb-c").await.is_some_and(|html| html.contains("<mark>")));
    let page = shop.search(&SearchQuery { text: Some("thinkpad".to_owned()), ..SearchQuery::default() }).await;
    assert!(page.highlights.is_empty());
    shop.remove().await;
}

#[tokio::test]
async fn synonyms_are_those_that_are_given() {
    let Some(shop) = Scratch::shop().await else { return };
    let groups = SynonymGroups::new(&[vec!["rucksack", "backpack"], vec!["klapprechner", "note book", "notebook"]])
        .expect("good");
    let synonyms = Synonyms::from(&groups);
    let search = async |text: &str| {
        let query = SearchQuery { text: Some(text.to_owned()), synonyms: synonyms.clone(), ..SearchQuery::default() };
        ids(&shop.search(&query).await)
    };
    assert_eq!(search("rucksacks").await, ["bag-1"]);
    assert_eq!(search("klapprechner lenovo").await, ["nb-1"]);
    assert_eq!(search("laptop lenovo").await.len(), 1); // no synonym any more: only lenovo is found
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
        shop.search(&SearchQuery { facets: true, highlight: true, ..query }).await;
        shop.find(text).await;
        shop.suggest(text, 5).await;
    }
    assert_eq!(shop.find("***").await, [""; 0]);
    assert_eq!(shop.find(&long).await.len(), 3);
    assert_eq!(shop.find("  ").await.len(), 13);
    assert_eq!(shop.find("thinkpad\" OR \"").await, ["nb-1"]);
    shop.remove().await;
}

#[tokio::test]
async fn several_shards_answer_as_one() {
    let (Some(one), Some(many)) = (Scratch::shop().await, Scratch::new()) else { return };
    let many = Scratch { index: many.index.clone().with_shards(3), ..many };
    many.put(fixture::shop()).await;
    let settings = reqwest::get(format!("{}/{}/_settings", many.url, many.alias)).await.expect("asked");
    assert!(settings.text().await.expect("answered").contains(r#""number_of_shards":"3""#));
    let text = |text: &str| SearchQuery { text: Some(text.to_owned()), ..SearchQuery::default() };
    let queries = [
        SearchQuery::default(),
        text("hama cable"),
        text("lenvo thnkpad"),
        text("5397184217696"),
        text("keyboard unicorn"),
        SearchQuery { brand: vec!["hama".to_owned()], window: Window::new(2, 2).expect("a window"), ..text("cable") },
    ];
    for query in queries {
        let query = SearchQuery { facets: true, sort: Sort::PriceAsc, ..query };
        let (expected, found) = (one.search(&query).await, many.search(&query).await);
        assert_eq!(found, expected, "{query:?}");
        let Some(next) = found.next else { continue };
        let rest = SearchQuery { window: Window::after(next, 100), ..query };
        assert_eq!(many.search(&rest).await, one.search(&rest).await);
    }
    let (expected, found) = (one.suggest("ham ca", 9).await, many.suggest("ham ca", 9).await);
    let names = |suggestions: &souk_search::Suggestions| {
        let mut names: Vec<_> = suggestions.products.iter().map(|product| product.name.clone()).collect();
        names.sort(); // scores are counted shard by shard
        names
    };
    assert_eq!((names(&found), &found.brands), (names(&expected), &expected.brands));
    assert_eq!(found.categories, expected.categories);
    one.remove().await;
    many.remove().await;
}
