//! Suggestions while typing.

use souk_search::Suggestions;

use crate::fixture::Scratch;

/// Products, categories and brands, each in a line.
fn summary(suggestions: &Suggestions) -> [String; 3] {
    let products = suggestions.products.iter().map(|product| product.product_id.to_string());
    let categories = suggestions.categories.iter().map(|category| category.name.clone());
    let join = |words: Vec<String>| words.join(", ");
    [join(products.collect()), join(categories.collect()), join(suggestions.brands.clone())]
}

#[tokio::test]
async fn beginnings_are_completed() {
    let Some(shop) = Scratch::shop().await else { return };
    for (text, expected) in [
        ("th", ["nb-1", "", ""]),
        ("lenovo thi", ["nb-1", "", ""]),
        ("thi leno", ["nb-1", "", ""]), // in any order
        ("hp", ["nb-2", "", "HP"]),
        ("moni", ["mon-1, mon-2", "Monitors & projectors, Monitors", ""]), // in stock first
        ("ink ca", ["LC-1000BK, LC-1100BK", "Ink cartridges", ""]),
        ("usb-c", ["cab-1, cab-2", "USB cables", ""]), // c as in cable
        ("27\" m", ["mon-1", "", ""]),
        ("539718421", ["mon-1", "", ""]), // an EAN
        ("lc-10", ["LC-1000BK", "", ""]),
        ("zzz", ["", "", ""]),
        ("***", ["", "", ""]),
    ] {
        assert_eq!(summary(&shop.suggest(text, 5).await), expected, "{text}");
    }
    let one = shop.suggest("hama", 1).await;
    assert_eq!((one.products.len(), one.products[0].brand.as_deref()), (1, Some("Hama")));
    assert!(one.products[0].name.starts_with("Hama "));
    shop.remove().await;
}

#[tokio::test]
async fn misspelt_beginnings_are_completed() {
    let Some(shop) = Scratch::shop().await else { return };
    for (text, expected) in [
        ("tihnkp", ["nb-1", "", ""]),
        ("hinkpad", ["nb-1", "", ""]),
        ("lenvo", ["nb-1", "", "Lenovo"]),
        ("targus bakcp", ["bag-1", "", ""]),
        ("moitor", ["mon-1, mon-2", "Monitors & projectors, Monitors", ""]),
    ] {
        assert_eq!(summary(&shop.suggest(text, 5).await), expected, "{text}");
    }
    shop.remove().await;
}
