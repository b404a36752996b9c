//! What a product is, judged by the structure of the catalogue: by the names of its categories and by words that end
//! names elsewhere. The rules differ from those of search on purpose, and use statistics that a single name has not.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Catalogue, Item, words};
use crate::nouns::{segments, singular};

/// A word that ends so many names, and so many of a hundred names that have it, is a noun.
const MIN_ENDS: usize = 10;
const MIN_ENDS_PERCENT: usize = 15;
/// So many words after a noun decide whether it only says what something else goes with.
const MAX_BETWEEN: usize = 2;
/// Fewest products that a noun names.
const MIN_NAMED: usize = 5;
/// What follows these words is not the product.
const PREPOSITIONS: [&str; 9] = ["for", "with", "without", "w", "from", "of", "in", "on", "over"];

/// The nouns of a catalogue.
pub(crate) struct Things<'a> {
    catalogue: &'a Catalogue,
    names: Vec<Name>,
    /// The numbers of the products that have a word, in the singular, in their names.
    with_word: BTreeMap<String, BTreeSet<usize>>,
    /// The leaf category of each product.
    leaves: Vec<Leaf>,
    /// Nouns in the singular, with their most frequent spelling.
    nouns: BTreeMap<String, String>,
    /// The last words of the names of categories, in the singular.
    of_categories: BTreeSet<String>,
    /// Words of colours and brands: nothing that a product is.
    others: BTreeSet<String>,
}

/// The clauses of a name, and of each word its singular.
struct Name(Vec<Vec<NameWord>>);

/// The name of a leaf category, in the singular.
#[derive(Default)]
struct Leaf {
    /// The last word of each of its nouns.
    heads: Vec<String>,
    words: BTreeSet<String>,
}

struct NameWord {
    singular: String,
    /// An abbreviation in capital letters: `USB`.
    is_acronym: bool,
}

impl<'a> Things<'a> {
    pub(crate) fn new(catalogue: &'a Catalogue) -> Self {
        let names: Vec<_> = catalogue.items.iter().map(|item| Name::of(&item.product.name)).collect();
        let others = others(catalogue);
        let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
        for name in &names {
            let ending: BTreeSet<_> = name.0.iter().filter_map(|clause| end(clause, &others)).collect();
            for word in ending {
                *ends.entry(word).or_default() += 1;
            }
        }
        let mut spelt: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
        for word in catalogue.items.iter().flat_map(|item| &item.words) {
            *spelt.entry(singular(word)).or_default().entry(word).or_default() += 1;
        }
        let leaf = |item: &Item| item.product.category.leaf().map(|leaf| Leaf::of(&leaf.name)).unwrap_or_default();
        let leaves: Vec<_> = catalogue.items.iter().map(leaf).collect();
        let of_categories: BTreeSet<_> = leaves.iter().flat_map(|leaf| leaf.heads.clone()).collect();
        let mut with_word: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (number, name) in names.iter().enumerate() {
            for word in name.words() {
                with_word.entry(word.singular.clone()).or_default().insert(number);
            }
        }
        let is_noun = |word: &str| {
            let all = spelt.get(word).map_or(0, |forms| forms.values().sum());
            let ends = ends.get(word).copied().unwrap_or_default();
            of_categories.contains(word) || (ends >= MIN_ENDS && ends * 100 >= all * MIN_ENDS_PERCENT)
        };
        let usual = |forms: &BTreeMap<&str, usize>| {
            forms.iter().max_by_key(|(_, times)| **times).map(|(form, _)| (*form).to_owned()).unwrap_or_default()
        };
        let nouns = spelt
            .iter()
            .filter(|(word, _)| is_noun(word) && !others.contains(*word))
            .map(|(word, forms)| (word.clone(), usual(forms)))
            .collect();
        Self { catalogue, names, with_word, leaves, nouns, of_categories, others }
    }

    /// The nouns that categories are named by, or all others.
    pub(crate) fn nouns(&self, of_categories: bool) -> Vec<(&str, &str)> {
        let nouns = self.nouns.iter().filter(|(word, _)| self.of_categories.contains(*word) == of_categories);
        nouns.map(|(word, spelt)| (word.as_str(), spelt.as_str())).collect()
    }

    /// The products that a category and a name say are this thing; only the name if no category is named by it. None
    /// unless other products have the word, too.
    pub(crate) fn relevant(&self, noun: &str) -> Option<BTreeSet<usize>> {
        let known = self.of_categories.contains(noun);
        let in_category = |number: &usize| self.leaves[*number].heads.iter().any(|head| head == noun);
        let (named, others): (BTreeSet<_>, BTreeSet<_>) =
            self.with_word(noun).partition(|number| self.is_thing(*number, noun));
        let mut relevant: BTreeSet<_> = named.iter().copied().filter(|number| !known || in_category(number)).collect();
        if relevant.len() < MIN_NAMED || others.is_empty() {
            return None;
        }
        let alone = |number: &usize| self.leaves[*number].heads.len() == 1 && in_category(number);
        let unnamed = (0..self.names.len()).filter(|number| !named.contains(number) && !others.contains(number));
        relevant.extend(unnamed.filter(alone));
        Some(relevant)
    }

    /// The products that are this thing, and whose name or category also has another word.
    pub(crate) fn relevant_with(&self, noun: &str, other: &str) -> BTreeSet<usize> {
        let has_other = |number: &usize| {
            self.with_word.get(other).is_some_and(|numbers| numbers.contains(number))
                || self.leaves[*number].words.contains(other)
        };
        self.with_word(noun).filter(has_other).filter(|number| self.is_thing(*number, noun)).collect()
    }

    /// The products that are what a term of several words says, with all of it in the name.
    pub(crate) fn literally(&self, term: &[String]) -> BTreeSet<usize> {
        let Some(noun) = term.last().map(|word| singular(word)) else { return BTreeSet::new() };
        let follow =
            |number: &usize| self.catalogue.items[*number].words.windows(term.len()).any(|words| words == term);
        self.with_word(&noun).filter(follow).filter(|number| self.is_thing(*number, &noun)).collect()
    }

    /// Two nouns beside each other in a name, of which the second says what the product is.
    pub(crate) fn pairs(&self, number: usize) -> Vec<(&str, &str)> {
        let mut pairs = Vec::new();
        for pair in self.names[number].0.iter().flat_map(|clause| clause.windows(2)) {
            let noun = |at: usize| self.nouns.get_key_value(&pair[at].singular).filter(|_| !pair[at].is_acronym);
            if let (Some((_, other)), Some((word, spelt))) = (noun(0), noun(1))
                && other != spelt
                && self.is_thing(number, word)
            {
                pairs.push((other.as_str(), spelt.as_str()));
            }
        }
        pairs
    }

    /// The products with a word, in the singular, in their names.
    fn with_word(&self, word: &str) -> impl Iterator<Item = usize> {
        self.with_word.get(word).into_iter().flatten().copied()
    }

    /// Whether the name says that the product is this thing: the noun is in it, neither after a preposition nor before
    /// another noun.
    fn is_thing(&self, number: usize, noun: &str) -> bool {
        for clause in &self.names[number].0 {
            for (at, word) in clause.iter().enumerate() {
                if PREPOSITIONS.contains(&word.singular.as_str()) {
                    return false;
                }
                if word.singular == noun && !self.goes_with(&clause[at + 1..]) {
                    return true;
                }
            }
        }
        false
    }

    /// Whether the words after a noun are what it only goes with: `wrist rest` after `mouse`.
    fn goes_with(&self, after: &[NameWord]) -> bool {
        let after = match after {
            // keyboard and mouse extender
            [and, _, rest @ ..] if ["and", "or"].contains(&and.singular.as_str()) => rest,
            after => after,
        };
        let plain = after.iter().take_while(|word| {
            !self.others.contains(&word.singular) && !PREPOSITIONS.contains(&word.singular.as_str())
        });
        plain.take(MAX_BETWEEN).any(|word| !word.is_acronym && self.nouns.contains_key(&word.singular))
    }
}

impl Leaf {
    fn of(name: &str) -> Self {
        let last = |segment: &String| words(segment).last().map(|word| singular(word));
        let heads = segments(name).iter().filter_map(last).collect();
        Self { heads, words: words(name).iter().map(|word| singular(word)).collect() }
    }
}

impl Name {
    /// Splits a name at punctuation and numbers.
    fn of(name: &str) -> Self {
        let (mut clauses, mut after_number) = (vec![Vec::new()], false);
        for token in name.split_whitespace() {
            for (part, text) in token.split('/').enumerate() {
                let and = matches!(text, "&" | "+");
                let words = if and { vec!["and".to_owned()] } else { words(text) };
                let has_number = |word: &String| word.chars().any(char::is_numeric);
                if part > 0 || text.starts_with(['(', '[']) || words.is_empty() || words.iter().any(has_number) {
                    clauses.push(Vec::new());
                }
                let is_acronym = !text.chars().any(char::is_lowercase);
                // 28 in: inches, no preposition.
                let is_unit = text == "in" && after_number;
                after_number = text.ends_with(|c: char| c.is_ascii_digit());
                let plain = words.iter().filter(|word| !has_number(word) && !is_unit);
                let plain = plain.map(|word| NameWord { singular: singular(word), is_acronym });
                if let Some(clause) = clauses.last_mut() {
                    clause.extend(plain);
                }
            }
            if token.ends_with([',', ';', ':', ')', ']', '.']) {
                clauses.push(Vec::new());
            }
        }
        clauses.retain(|clause| !clause.is_empty());
        Self(clauses)
    }

    fn words(&self) -> impl Iterator<Item = &NameWord> {
        self.0.iter().flatten()
    }
}

/// The last word of a clause that is no colour, if the clause ends there.
fn end<'n>(clause: &'n [NameWord], others: &BTreeSet<String>) -> Option<&'n str> {
    let before = clause.iter().take_while(|word| !PREPOSITIONS.contains(&word.singular.as_str()));
    let last = before.filter(|word| !others.contains(&word.singular)).last()?;
    (!last.is_acronym && last.singular.chars().count() >= 3).then_some(last.singular.as_str())
}

/// The words of colours and brands.
fn others(catalogue: &Catalogue) -> BTreeSet<String> {
    let mut others = BTreeSet::new();
    for Item { product, .. } in &catalogue.items {
        let colours = product.attributes.iter().filter(|(name, _)| name.to_lowercase().contains("colour"));
        let texts = colours.map(|(_, value)| value.as_text()).chain(product.brand.as_deref());
        others.extend(texts.flat_map(words).map(|word| singular(&word)));
    }
    others
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn clauses(name: &str) -> Vec<Vec<String>> {
        Name::of(name).0.into_iter().map(|clause| clause.into_iter().map(|word| word.singular).collect()).collect()
    }

    #[test]
    fn names_are_split_at_punctuation_and_numbers() {
        assert_eq!(
            clauses("HP K120 keyboards, Black - mouse/trackball (USB) 5 m"),
            [vec!["hp"], vec!["keyboard"], vec!["black"], vec!["mouse"], vec!["trackball"], vec!["usb"], vec!["m"]]
        );
    }

    #[test]
    fn what_a_noun_goes_with_is_not_the_thing() {
        let products = [
            ("Moorgh keyboard black", "Keyboards & keypads"),
            ("Moorgh keyboard cover black", "Covers"),
            ("Moorgh cover for keyboards", "Covers"),
            ("Moorgh keyboard and mouse cover", "Covers"),
            ("Moorgh keyboards, wireless cover", "Covers"),
            ("Moorgh keyboard USB Black", "Keyboards & keypads"),
        ];
        let line = |(at, (name, category)): (usize, &(&str, &str))| {
            json!({ "sku": at.to_string(), "name": name, "category": ["Computers", category], "brand": "Moorgh",
                "attributes": { "Product colour": "Black" } })
            .to_string()
        };
        let lines: Vec<_> = products.iter().enumerate().map(line).collect();
        let catalogue = Catalogue::from_lines(lines.iter().map(String::as_str)).expect("a catalogue");
        let things = Things::new(&catalogue);
        let are = |noun: &str| (0..products.len()).filter(|number| things.is_thing(*number, noun)).collect::<Vec<_>>();
        assert_eq!(are("keyboard"), [0, 4, 5]);
        assert_eq!(are("cover"), [1, 2, 3, 4]);
        assert_eq!(things.pairs(1), [("keyboard", "cover")]);
        assert_eq!(things.relevant_with("cover", "keyboard"), BTreeSet::from([1, 2, 3, 4]));
        assert_eq!(things.nouns(true).len(), 2, "no keypad has a name with it");
    }
}
