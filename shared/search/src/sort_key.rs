//! The key by which products are sorted by name: Unicode collation in the order of CLDR's root.
//!
//! OpenSearch sorts keywords by their bytes, and its ICU plugin is not on every server. So the key is computed here,
//! when a product is indexed. All keys of an index have to come from one version of the collation: an update of
//! `icu_collator` needs another `VERSION` of the mapping.

use std::sync::LazyLock;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};

/// Longest key, in bytes. Names that begin with the same two hundred letters or so are sorted by their ids.
const MAX_BYTES: usize = 400;

/// Without data of a language: the root.
static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> =
    LazyLock::new(|| Collator::try_new(CollatorPreferences::default(), CollatorOptions::default()).ok());

/// The key of a name. Each byte of the collation key is a character of the same number, so that the key is a text, and
/// its UTF-8 has the order of the bytes.
pub(crate) fn sort_key(name: &str) -> String {
    let mut key = Vec::with_capacity(name.len() * 2);
    if let Some(collator) = COLLATOR.as_ref() {
        let Ok(()) = collator.write_sort_key_to(name, &mut key);
    }
    key.iter().take(MAX_BYTES).map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_in_the_order_of_cldr() {
        // Punctuation, digits, then the scripts in CLDR's order. Accents and case decide between equals only.
        let expected = [
            "\"Quoted\" pen",
            "2 m cable",
            "27 inch",
            "angle",
            "Ångström",
            "Anker",
            "apple",
            "Apple",
            "coop",
            "Øre",
            "Zoom",
            "Άλφα",
            "Βήτα",
            "Ёж",
            "Ежик",
            "Жук",
            "אבג",
            "بيت",
            "กล้อง",
            "ノート",
            "笔记本",
        ];
        let mut names = expected;
        names.reverse();
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, expected);
    }

    #[test]
    fn spellings_of_one_name_have_one_key() {
        assert_eq!(sort_key("Ångström"), sort_key("A\u{30a}ngstro\u{308}m"));
        assert!(sort_key("straße") > sort_key("strasse") && sort_key("straße") < sort_key("strassf"));
    }

    proptest! {
        #[test]
        fn any_name_has_a_key_within_bounds(name in ".{0,300}") {
            prop_assert!(sort_key(&name).chars().count() <= MAX_BYTES);
        }
    }
}
