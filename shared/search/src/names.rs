//! The names of categories and brands that a process suggests from.
//!
//! They are few and rarely change, and a letter is the beginning of thousands of products: so all of them are fetched once
//! a minute, with how many products each has, rather than counted for every letter that somebody types.

use serde_json::{Value, json};

use crate::document::halves;
use crate::facets::Counted;
use crate::spelling::{allowed_edits, edits_to_beginning};
use crate::suggest::SuggestedCategory;
use crate::text::words;
use crate::{SearchError, SearchIndex};

/// Most categories, and most brands, that are known: those with most products.
const KNOWN: u32 = 5_000;
/// Most categories, and most brands, that are suggested.
const FEW: usize = 4;
/// As long as the beginnings in the index, in characters.
const MAX_BEGINNING: usize = 15;

/// How a name has to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    /// As it is typed.
    Exactly,
    /// Or with some letters wrong.
    Nearly,
}

/// All names, those of most products first.
#[derive(Debug, Default)]
pub(crate) struct Names {
    categories: Vec<Name<SuggestedCategory>>,
    brands: Vec<Name<String>>,
}

#[derive(Debug)]
struct Name<T> {
    of: T,
    words: Vec<String>,
}

impl SearchIndex {
    pub(crate) async fn fetch_names(&self) -> Result<Names, SearchError> {
        Ok(Names::of(self.ask(&body()).await?.counted()))
    }
}

fn body() -> Value {
    let most_frequent = |field: &str| json!({ "terms": { "field": field, "size": KNOWN } });
    json!({
        "size": 0,
        "track_total_hits": false,
        "timeout": "500ms",
        "aggs": {
            "category_labels": most_frequent("category_labels"),
            "brands": most_frequent("brand.raw"),
        },
    })
}

impl Names {
    fn of(counted: Counted) -> Self {
        let (labels, brands) = counted.names();
        let category = |label: &String| {
            let (id, name) = halves(label)?;
            Some(SuggestedCategory { category_id: id.parse().ok()?, name: name.to_owned() })
        };
        let categories = labels.iter().filter_map(category);
        Self {
            categories: categories.map(|category| Name { words: folded_words(&category.name), of: category }).collect(),
            brands: brands.into_iter().map(|brand| Name { words: folded_words(&brand), of: brand }).collect(),
        }
    }

    /// Departments and categories in whose names words begin so. They are [`folded`].
    pub(crate) fn categories<'a>(
        &'a self,
        beginnings: &'a [String],
        how: Match,
    ) -> impl Iterator<Item = &'a SuggestedCategory> {
        fitting(&self.categories, beginnings, how)
    }

    /// Brands in whose names words begin so.
    pub(crate) fn brands<'a>(&'a self, beginnings: &'a [String], how: Match) -> impl Iterator<Item = &'a String> {
        fitting(&self.brands, beginnings, how)
    }

    /// About how much memory they take.
    pub(crate) fn bytes(&self) -> usize {
        const NAME_BYTES: usize = 256;
        (self.categories.len() + self.brands.len()) * NAME_BYTES
    }
}

/// The first few names in which for each beginning some word begins so.
fn fitting<'a, T>(names: &'a [Name<T>], beginnings: &'a [String], how: Match) -> impl Iterator<Item = &'a T> {
    let fits =
        move |name: &&Name<T>| beginnings.iter().all(|typed| name.words.iter().any(|word| begins(word, typed, how)));
    names.iter().filter(fits).map(|name| &name.of).take(FEW)
}

fn begins(word: &str, typed: &str, how: Match) -> bool {
    match how {
        Match::Exactly => word.starts_with(typed),
        Match::Nearly => edits_to_beginning(typed, word) <= allowed_edits(typed),
    }
}

/// The words of a text, cut where the index cuts them, and as short as the beginnings in it.
pub(crate) fn cut(text: &str) -> impl Iterator<Item = String> {
    let pieces = words(text).into_iter().flat_map(|word| {
        let pieces = word.typed.split(|c: char| !c.is_alphanumeric() && c != '.').map(|piece| piece.trim_matches('.'));
        pieces.map(|piece| piece.chars().take(MAX_BEGINNING).collect::<String>()).collect::<Vec<_>>()
    });
    pieces.filter(|piece| !piece.is_empty())
}

/// Without accents, as the index folds its words.
pub(crate) fn folded(word: &str) -> String {
    deunicode::deunicode(word).trim().to_lowercase()
}

fn folded_words(name: &str) -> Vec<String> {
    cut(name).map(|word| folded(&word)).collect()
}

#[cfg(test)]
mod tests {
    use souk_domain::ids::CategoryId;

    use super::*;

    fn names() -> Names {
        let bucket = |key: &str, count: u32| json!({ "key": key, "doc_count": count });
        let labels =
            ["printing\u{1f}Printing", "printing.ink\u{1f}Ink cartridges", "home.sofas\u{1f}Möbel & Sofas", "broken"];
        let brands = ["HP", "Müller", "Straßer", "Hewlett Packard", "Harman", "Hama", "Hitachi"];
        let buckets = |keys: &[&str]| json!({ "buckets": keys.iter().map(|key| bucket(key, 1)).collect::<Vec<_>>() });
        let counted = json!({ "category_labels": buckets(&labels), "brands": buckets(&brands) });
        Names::of(serde_json::from_value(counted).expect("counts"))
    }

    fn categories(text: &str, how: Match) -> Vec<String> {
        names().categories(&folded_words(text), how).map(|category| category.name.clone()).collect()
    }

    fn brands(text: &str, how: Match) -> Vec<String> {
        names().brands(&folded_words(text), how).cloned().collect()
    }

    #[test]
    fn every_beginning_begins_some_word() {
        assert_eq!(categories("ink", Match::Exactly), ["Ink cartridges"]);
        assert_eq!(categories("cart ink", Match::Exactly), ["Ink cartridges"]);
        assert_eq!(categories("sof", Match::Exactly), ["Möbel & Sofas"]);
        assert_eq!(categories("ink sofas", Match::Exactly), [""; 0]);
        assert_eq!(
            names().categories(&["ink".to_owned()], Match::Exactly).next().map(|c| &c.category_id),
            "printing.ink".parse::<CategoryId>().ok().as_ref()
        );
    }

    #[test]
    fn letters_may_be_wrong_if_nothing_else_fits() {
        assert_eq!(categories("catrid", Match::Exactly), [""; 0]);
        assert_eq!(categories("catrid", Match::Nearly), ["Ink cartridges"]);
        assert_eq!(brands("hevlet", Match::Nearly), ["Hewlett Packard"]);
        assert_eq!(brands("hq", Match::Nearly), [""; 0]);
    }

    #[test]
    fn accents_and_case_do_not_count() {
        assert_eq!(categories("mobel", Match::Exactly), ["Möbel & Sofas"]);
        assert_eq!(categories("MÖB", Match::Exactly), ["Möbel & Sofas"]);
        assert_eq!(brands("mull", Match::Exactly), ["Müller"]);
        assert_eq!(brands("strass", Match::Exactly), ["Straßer"]);
    }

    #[test]
    fn a_few_are_suggested_those_of_most_products_first() {
        assert_eq!(brands("h", Match::Exactly), ["HP", "Hewlett Packard", "Harman", "Hama"]);
    }
}
