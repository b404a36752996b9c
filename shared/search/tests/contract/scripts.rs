//! Names in many scripts: what finds them, what does not, and their order. docs/search.md has the same table.

use souk_search::{SearchQuery, Sort, Window};

use crate::fixture::{Scratch, ids, product};

struct Script {
    id: &'static str,
    name: &'static str,
    found_by: &'static [&'static str],
    not_by: &'static str,
}

const SCRIPTS: [Script; 11] = [
    Script {
        id: "cyrillic",
        name: "Ёлка искусственная",
        found_by: &["елка", "ёлка", "ЁЛКА", "Е\u{308}лка", "искусственная елка"],
        not_by: "палка",
    },
    Script {
        id: "greek",
        name: "Πληκτρολόγιο ασύρματος",
        found_by: &["πληκτρολογιο", "ΠΛΗΚΤΡΟΛΟΓΙΟ", "ΑΣΥΡΜΑΤΟΣ", "ασυρματοσ"],
        not_by: "οθόνη",
    },
    Script {
        id: "turkish",
        name: "DİJİTAL IŞIK lambası",
        found_by: &["dijital ışık", "DIJITAL ISIK", "dijital isik", "LAMBASI"],
        not_by: "kablo",
    },
    Script {
        id: "latin",
        name: "Ångström Straßenkarte",
        found_by: &["angstrom", "ÅNGSTRÖM", "A\u{30a}ngstrom", "strassenkarte", "STRASSENKARTE"],
        not_by: "wandbild",
    },
    Script {
        id: "japanese",
        name: "エレコム ワイヤレスキーボード 日本語配列 USB充電",
        found_by: &[
            "キーボード",
            "ｷｰﾎﾞｰﾄﾞ",
            "日本語",
            "ワイヤレス キーボード",
            "エレコムキーボード",
            "usb充電",
            "充電 usb",
        ],
        not_by: "マウス",
    },
    Script {
        id: "chinese",
        name: "联想 ThinkPad 笔记本电脑",
        found_by: &["笔记本", "电脑", "笔", "联想笔记本电脑", "thinkpad笔记本"],
        not_by: "手机壳",
    },
    Script {
        id: "korean", name: "삼성 노트북을 위한 가방", found_by: &["노트북", "노트북가방"], not_by: "키보드"
    },
    Script {
        id: "arabic",
        name: "لَوْحَةُ مفاتيح لاسلكيّة",
        found_by: &["لوحة", "لوحه", "مفاتيح", "مفـــاتيح", "لاسلكية"],
        not_by: "شاشة",
    },
    Script {
        id: "hebrew", name: "מִקְלֶדֶת אלחוטית", found_by: &["מקלדת", "מִקְלֶדֶת", "אלחוטית"], not_by: "עכבר"
    },
    Script {
        id: "thai", name: "กล้องดิจิตอล", found_by: &["กล้อง", "ดิจิตอล"], not_by: "เมาส์"
    },
    Script {
        id: "devanagari", name: "हिन्दी कीबोर्ड", found_by: &["कीबोर्ड", "हिन्दी"], not_by: "माउस"
    },
];

async fn shop() -> Option<Scratch> {
    let scratch = Scratch::new()?;
    let products = SCRIPTS.iter().map(|script| product(script.id, script.name, "Souk", ["Things", "More"], 100));
    scratch.put(products.collect()).await;
    Some(scratch)
}

#[tokio::test]
async fn names_in_many_scripts_are_found() {
    let Some(shop) = shop().await else { return };
    for Script { id, found_by, not_by, .. } in &SCRIPTS {
        for text in *found_by {
            assert_eq!(shop.find(text).await, [*id], "{text}");
        }
        assert_eq!(shop.find(not_by).await, [""; 0], "{not_by}");
    }
    shop.remove().await;
}

#[tokio::test]
async fn words_within_words_are_marked() {
    let Some(shop) = shop().await else { return };
    for (text, expected) in [
        ("キーボード", "エレコム ワイヤレス<mark>キーボード</mark> 日本語配列 USB充電"),
        ("мишка елка", "<mark>Ёлка</mark> искусственная"),
        ("مفاتيح", "لَوْحَةُ <mark>مفاتيح</mark> لاسلكيّة"),
    ] {
        let query = SearchQuery { text: Some(text.to_owned()), highlight: true, ..SearchQuery::default() };
        let marked: Vec<_> =
            shop.search(&query).await.highlights.values().map(souk_search::Highlight::to_html).collect();
        assert_eq!(marked, [expected], "{text}");
    }
    shop.remove().await;
}

#[tokio::test]
async fn names_are_suggested_in_many_scripts() {
    let Some(shop) = shop().await else { return };
    for (text, expected) in [
        ("елк", "cyrillic"),
        ("ασυρ", "greek"),
        ("isi", "turkish"),
        ("ワイヤ", "japanese"),
        ("充", "japanese"),
        ("מקל", "hebrew"),
    ] {
        let suggested = shop.suggest(text, 5).await.products;
        let suggested: Vec<_> = suggested.iter().map(|product| product.product_id.as_str()).collect();
        assert_eq!(suggested, [expected], "{text}");
    }
    shop.remove().await;
}

#[tokio::test]
async fn names_are_sorted_by_unicode_collation() {
    let Some(scratch) = Scratch::new() else { return };
    let names = [
        "\"Quoted\" pen",
        "27 inch",
        "angle",
        "Ångström",
        "Anker",
        "apple",
        "Apple",
        "Øre",
        "Zoom",
        "Άλφα",
        "Ежик",
        "Ёлка",
        "Жук",
        "ノート",
        "笔记本",
    ];
    let numbered = names.iter().enumerate();
    scratch
        .put(numbered.map(|(at, name)| product(&format!("sku-{:02}", 20 - at), name, "Souk", ["A", "B"], 1)).collect())
        .await;
    let expected: Vec<_> = (0..names.len()).map(|at| format!("sku-{:02}", 20 - at)).collect();
    let by_name = SearchQuery { sort: Sort::Name, ..SearchQuery::default() };
    assert_eq!(ids(&scratch.search(&by_name).await), expected);
    // A cursor continues in the same order.
    let first = scratch.search(&SearchQuery { window: Window::new(1, 7).expect("a page"), ..by_name.clone() }).await;
    let next = first.next.expect("more").to_string().parse().expect("a position");
    let rest = scratch.search(&SearchQuery { window: Window::after(next, 20), ..by_name }).await;
    assert_eq!(ids(&rest), expected[7..]);
    scratch.remove().await;
}
