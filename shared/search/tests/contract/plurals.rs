//! Singular and plural find each other's products, and words that only look so do not.

use crate::fixture::{Scratch, product};

const NOUNS: [(&str, &str); 26] = [
    ("book", "books"),
    ("extension cord", "extension cords"),
    ("card", "cards"),
    ("battery", "batteries"),
    ("iPad", "iPads"),
    ("PC", "PCs"),
    ("TV", "TVs"),
    ("CPU", "CPUs"),
    ("lens", "lenses"),
    ("switch", "switches"),
    ("box", "boxes"),
    ("shoe", "shoes"),
    ("cookie", "cookies"),
    ("mouse", "mice"),
    ("shelf", "shelves"),
    ("knife", "knives"),
    ("woman", "women"),
    ("day", "days"),
    ("tie", "ties"),
    ("menu", "menus"),
    ("photo", "photos"),
    ("hero", "heroes"),
    ("sleeve", "sleeves"),
    ("cartridge", "cartridges"),
    ("case", "cases"),
    ("quiz", "quizzes"),
];

const FALSE_FRIENDS: [(&str, &str); 8] = [
    ("glass", "glasses"),
    ("new", "news"),
    ("window", "windows"),
    ("main", "mains"),
    ("up", "ups"),
    ("short", "shorts"),
    ("tone", "toner"),
    ("game", "gaming"),
];

#[tokio::test]
async fn both_forms_find_the_products_of_both() {
    let Some(scratch) = Scratch::new() else { return };
    let pairs = NOUNS.iter().chain(&FALSE_FRIENDS).enumerate();
    let products = pairs.flat_map(|(at, (one, other))| {
        // Enough of each, so that no search goes on to corrections.
        (0..3).flat_map(move |n| {
            [(one, "one"), (other, "other")]
                .map(|(name, form)| product(&format!("{form}-{at}-{n}"), name, "Souk", ["Things", "More"], 100))
        })
    });
    scratch.put(products.collect()).await;
    for (one, other) in NOUNS {
        for text in [one, other] {
            assert_eq!(scratch.find(text).await.len(), 6, "{text}");
        }
    }
    for (one, other) in FALSE_FRIENDS {
        for (text, form) in [(one, "one"), (other, "other")] {
            let found = scratch.find(text).await;
            assert!(
                found.len() == 3 && found.iter().all(|id| id.starts_with(&format!("{form}-"))),
                "{text}: {found:?}"
            );
        }
    }
    scratch.remove().await;
}
