//! Singular and plural of the nouns of a catalogue, by the rules of English and not by a stemmer.

use std::collections::{BTreeMap, BTreeSet};

use souk_rng::SeededRng;

use crate::catalogue::{Catalogue, words};
use crate::derived::{Derived, Goal, MIN_LISTED};
use crate::edits::pick;
use crate::nouns::{IRREGULAR, nouns};

/// The row of searches by one of both forms.
const KIND: &str = "singular and plural";
/// Shortest singular: shorter ones are mostly parts of model numbers.
const MIN_LETTERS: usize = 3;
/// Shorter nouns.
const SHORT: [&str; 3] = ["pc", "tv", "cd"];

/// Words that look like forms of one word, and mean different things in a shop.
pub const FALSE_FRIENDS: [(&str, &str); 24] = [
    ("glass", "glasses"),
    ("new", "news"),
    ("window", "windows"),
    ("main", "mains"),
    ("short", "shorts"),
    ("tight", "tights"),
    ("good", "goods"),
    ("custom", "customs"),
    ("mean", "means"),
    ("sweet", "sweets"),
    ("saving", "savings"),
    ("up", "ups"),
    ("do", "does"),
    ("gp", "gps"),
    ("sa", "sas"),
    ("ga", "gas"),
    ("us", "use"),
    ("on", "one"),
    ("tone", "toner"),
    ("light", "lighter"),
    ("game", "gaming"),
    ("station", "stationery"),
    ("silicon", "silicone"),
    ("mobile", "mobility"),
];

/// A noun in both forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// `battery`
    pub singular: String,
    /// `batteries`
    pub plural: String,
    /// Not used for tuning.
    pub held_out: bool,
}

/// Numbers of the products that have a word in their name or the names of their categories.
pub type Words = BTreeMap<String, BTreeSet<usize>>;

/// The words of a catalogue's names and categories that have only letters.
pub fn vocabulary(catalogue: &Catalogue) -> Words {
    let mut vocabulary = Words::new();
    for (number, item) in catalogue.items.iter().enumerate() {
        let categories = item.product.category.categories().iter().flat_map(|category| words(&category.name));
        for word in item.words.iter().cloned().chain(categories).filter(|word| is_letters(word)) {
            vocabulary.entry(word).or_default().insert(number);
        }
    }
    vocabulary
}

/// Every noun that the catalogue has in both forms, and both forms of what its categories are called. Brands are no
/// nouns.
pub fn pairs(catalogue: &Catalogue, vocabulary: &Words) -> Vec<Pair> {
    let brands: BTreeSet<String> =
        catalogue.items.iter().filter_map(|item| item.product.brand.as_deref()).flat_map(words).collect();
    let mut pairs: BTreeSet<(String, String)> = BTreeSet::new();
    for singular in vocabulary.keys() {
        let both = plurals(singular).into_iter().filter(|plural| vocabulary.contains_key(plural));
        pairs.extend(both.map(|plural| (singular.clone(), plural)));
    }
    for noun in nouns(catalogue) {
        let last = |name: &str| words(name).pop().unwrap_or_default();
        let (singular, plural) = (last(&noun.singular), last(&noun.plural));
        if plurals(&singular).contains(&plural) {
            pairs.insert((singular, plural));
        }
    }
    pairs.retain(|(singular, plural)| {
        let is_noun = singular.len() >= MIN_LETTERS && is_letters(singular) || SHORT.contains(&singular.as_str());
        let is_false = FALSE_FRIENDS.contains(&(singular.as_str(), plural.as_str()));
        is_noun && !is_false && !brands.contains(singular) && !brands.contains(plural)
    });
    let numbered = pairs.into_iter().enumerate();
    numbered.map(|(at, (singular, plural))| Pair { singular, plural, held_out: at % 2 == 1 }).collect()
}

/// Searches by one form of a noun: products with either form are right.
pub(crate) fn derived(catalogue: &Catalogue, seed: u64, of_each: u64) -> Vec<Derived> {
    let vocabulary = vocabulary(catalogue);
    let mut pairs = pairs(catalogue, &vocabulary);
    let mut random = SeededRng::new(seed, 17);
    for at in (1..pairs.len()).rev() {
        pairs.swap(at, pick(&mut random, 0, at));
    }
    let mut all: Vec<Derived> = Vec::new();
    for Pair { singular, plural, held_out } in pairs {
        let products = |word: &String| vocabulary.get(word).into_iter().flatten().copied();
        let relevant: BTreeSet<usize> = products(&singular).chain(products(&plural)).collect();
        let half = all.iter().filter(|known| known.held_out == held_out).count() as u64;
        if relevant.len() >= MIN_LISTED && half < of_each / 2 {
            let text = if pick(&mut random, 0, 1) == 0 { singular } else { plural };
            all.push(Derived { kind: KIND, text, goal: Goal::List, relevant, typing: false, held_out });
        }
    }
    all
}

/// The plurals that a word has if it is a noun.
fn plurals(singular: &str) -> Vec<String> {
    if let Some((_, plural)) = IRREGULAR.iter().find(|(noun, _)| *noun == singular) {
        return vec![(*plural).to_owned()];
    }
    let vowel_before =
        |end: &str| singular.strip_suffix(end).is_some_and(|stem| stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    if let Some(stem) = singular.strip_suffix('y').filter(|_| !vowel_before("y")) {
        return vec![format!("{stem}ies")];
    }
    if ["s", "x", "z", "ch", "sh"].iter().any(|end| singular.ends_with(end)) {
        return vec![format!("{singular}es")];
    }
    let mut plurals = vec![format!("{singular}s")];
    if singular.ends_with('o') && !vowel_before("o") {
        plurals.push(format!("{singular}es"));
    }
    plurals
}

fn is_letters(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_follow_the_usual_rules() {
        for (singular, expected) in [
            ("cord", "cords"),
            ("battery", "batteries"),
            ("tray", "trays"),
            ("switch", "switches"),
            ("photo", "photoes"),
            ("radio", "radios"),
            ("mouse", "mice"),
        ] {
            assert!(plurals(singular).iter().any(|plural| plural == expected), "{singular}");
        }
        assert_eq!(plurals("radio"), ["radios"]);
    }

    #[test]
    fn a_catalogue_has_pairs_in_two_halves() {
        let catalogue = Catalogue::generated(1_000).expect("a catalogue");
        let pairs = pairs(&catalogue, &vocabulary(&catalogue));
        let held_out = pairs.iter().filter(|pair| pair.held_out).count();
        assert!(pairs.len() >= 20 && pairs.len() / 2 == held_out, "{pairs:?}");
        assert!(derived(&catalogue, 1, 10).iter().all(|query| query.relevant.len() >= MIN_LISTED));
    }
}
