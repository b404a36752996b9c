//! The names of categories and brands that are suggested.
//!
//! They are few and rarely change, and thousands of products begin with the same letter: so callers fetch all names at
//! once, with their numbers of products, and keep them, instead of counting for every letter that a shopper types.

use serde_json::{Value, json};
use souk_domain::ids::CategoryId;
use souk_domain::unicode;

use crate::SearchError;
use crate::document::split_pair;
use crate::facets::Aggregations;
use crate::index::SearchIndex;
use crate::spelling::{allowed_edits, edits_to_prefix};
use crate::text::words;

/// Most categories, and most brands, that are fetched: those with most products.
const FETCHED: u32 = 5_000;
/// Most categories, and most brands, that are suggested.
const SUGGESTED: usize = 4;
/// Longest prefix in the index, in characters.
const MAX_PREFIX: usize = 15;

/// How the typed text is matched with the start of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PrefixMatch {
    Exact,
    /// With a limited number of edits.
    Fuzzy,
}

/// A department or a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedCategory {
    /// Its id.
    pub category_id: CategoryId,
    /// Its name.
    pub name: String,
}

/// All names, most frequent first.
#[derive(Debug, Default)]
pub struct SuggestionNames {
    categories: Vec<Name<SuggestedCategory>>,
    brands: Vec<Name<String>>,
}

#[derive(Debug)]
struct Name<T> {
    value: T,
    words: Vec<String>,
}

impl SearchIndex {
    /// The names that [`suggest_from`](Self::suggest_from) suggests. Has no time limit of its own.
    pub async fn suggestion_names(&self) -> Result<SuggestionNames, SearchError> {
        let response = self.post_search(request(), self.limits().suggest).await?;
        Ok(SuggestionNames::new(response.aggregations()))
    }
}

fn request() -> Value {
    let most_frequent = |field: &str| json!({ "terms": { "field": field, "size": FETCHED } });
    json!({
        "size": 0,
        "track_total_hits": false,
        "aggs": {
            "category_labels": most_frequent("category_labels"),
            "brand_labels": most_frequent("brand_label"),
        },
    })
}

impl SuggestionNames {
    fn new(aggregations: Aggregations) -> Self {
        let (labels, brands) = aggregations.names();
        let brands = brands.by_frequency().into_iter().map(str::to_owned);
        let category = |label: &String| {
            let (id, name) = split_pair(label)?;
            Some(SuggestedCategory { category_id: id.parse().ok()?, name: name.to_owned() })
        };
        let categories = labels.iter().filter_map(category);
        Self {
            categories: categories
                .map(|category| Name { words: folded_words(&category.name), value: category })
                .collect(),
            brands: brands.map(|brand| Name { words: folded_words(&brand), value: brand }).collect(),
        }
    }

    /// Departments and categories with words that begin so. Prefixes are [`folded`].
    pub(crate) fn categories<'a>(
        &'a self,
        prefixes: &'a [String],
        how: PrefixMatch,
    ) -> impl Iterator<Item = &'a SuggestedCategory> {
        matching(&self.categories, prefixes, how)
    }

    /// Brands with words that begin so.
    pub(crate) fn brands<'a>(&'a self, prefixes: &'a [String], how: PrefixMatch) -> impl Iterator<Item = &'a String> {
        matching(&self.brands, prefixes, how)
    }

    /// About how much memory they occupy.
    pub fn bytes(&self) -> usize {
        const NAME_BYTES: usize = 256;
        (self.categories.len() + self.brands.len()) * NAME_BYTES
    }
}

/// The first few names that have, for each prefix, a word that begins so.
fn matching<'a, T>(names: &'a [Name<T>], prefixes: &'a [String], how: PrefixMatch) -> impl Iterator<Item = &'a T> {
    let matches =
        move |name: &&Name<T>| prefixes.iter().all(|prefix| name.words.iter().any(|word| begins(word, prefix, how)));
    names.iter().filter(matches).map(|name| &name.value).take(SUGGESTED)
}

fn begins(word: &str, prefix: &str, how: PrefixMatch) -> bool {
    match how {
        PrefixMatch::Exact => word.starts_with(prefix),
        PrefixMatch::Fuzzy => edits_to_prefix(prefix, word) <= allowed_edits(prefix),
    }
}

/// The words of a text, split as the index splits them, and no longer than the prefixes in it.
pub(crate) fn split(text: &str) -> impl Iterator<Item = String> {
    let pieces = words(text).into_iter().flat_map(|word| {
        let pieces = word.typed.split(|c: char| !c.is_alphanumeric() && c != '.').map(|piece| piece.trim_matches('.'));
        pieces.map(|piece| piece.chars().take(MAX_PREFIX).collect::<String>()).collect::<Vec<_>>()
    });
    pieces.filter(|piece| !piece.is_empty())
}

/// [`unicode::folded`], and other scripts in Latin letters.
pub(crate) fn folded(word: &str) -> String {
    deunicode::deunicode(&unicode::folded(word)).trim().to_lowercase()
}

fn folded_words(name: &str) -> Vec<String> {
    split(name).map(|word| folded(&word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::pair;

    fn names() -> SuggestionNames {
        let bucket = |key: &str, count: u32| json!({ "key": key, "doc_count": count });
        let labels =
            ["printing\u{1f}Printing", "printing.ink\u{1f}Ink cartridges", "home.sofas\u{1f}Möbel & Sofas", "broken"];
        let brands = ["HP", "Müller", "Straßer", "Hewlett Packard", "Harman", "Hama", "Hitachi", "Hp"];
        let label = |brand: &str| pair(&unicode::folded(brand), brand);
        let brands = brands.iter().zip((1..=8).rev());
        let brands: Vec<_> = brands.map(|(brand, count)| bucket(&label(brand), count)).collect();
        let labels: Vec<_> = labels.iter().map(|label| bucket(label, 1)).collect();
        let counted = json!({ "category_labels": { "buckets": labels }, "brand_labels": { "buckets": brands } });
        SuggestionNames::new(serde_json::from_value(counted).expect("counts"))
    }

    fn categories(text: &str, how: PrefixMatch) -> Vec<String> {
        names().categories(&folded_words(text), how).map(|category| category.name.clone()).collect()
    }

    fn brands(text: &str, how: PrefixMatch) -> Vec<String> {
        names().brands(&folded_words(text), how).cloned().collect()
    }

    #[test]
    fn each_prefix_begins_a_word() {
        assert_eq!(categories("ink", PrefixMatch::Exact), ["Ink cartridges"]);
        assert_eq!(categories("cart ink", PrefixMatch::Exact), ["Ink cartridges"]);
        assert_eq!(categories("sof", PrefixMatch::Exact), ["Möbel & Sofas"]);
        assert_eq!(categories("ink sofas", PrefixMatch::Exact), [""; 0]);
        assert_eq!(
            names().categories(&["ink".to_owned()], PrefixMatch::Exact).next().map(|c| &c.category_id),
            "printing.ink".parse::<CategoryId>().ok().as_ref()
        );
    }

    #[test]
    fn letters_may_be_wrong_in_a_fuzzy_match() {
        assert_eq!(categories("catrid", PrefixMatch::Exact), [""; 0]);
        assert_eq!(categories("catrid", PrefixMatch::Fuzzy), ["Ink cartridges"]);
        assert_eq!(brands("hevlet", PrefixMatch::Fuzzy), ["Hewlett Packard"]);
        assert_eq!(brands("hq", PrefixMatch::Fuzzy), [""; 0]);
    }

    #[test]
    fn accents_and_case_do_not_count() {
        assert_eq!(categories("mobel", PrefixMatch::Exact), ["Möbel & Sofas"]);
        assert_eq!(categories("MÖB", PrefixMatch::Exact), ["Möbel & Sofas"]);
        assert_eq!(brands("mull", PrefixMatch::Exact), ["Müller"]);
        assert_eq!(brands("strass", PrefixMatch::Exact), ["Straßer"]);
    }

    #[test]
    fn a_few_are_suggested_those_of_most_products_first() {
        assert_eq!(brands("h", PrefixMatch::Exact), ["HP", "Hewlett Packard", "Harman", "Hama"]);
    }
}
