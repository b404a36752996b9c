//! Derives queries and their relevant products.

use std::collections::BTreeSet;

use souk_domain::catalog::AttributeValue;
use souk_rng::SeededRng;
use souk_search::Synonyms;

use crate::catalogue::{Catalogue, Item, words};
use crate::derived::{Derived, Goal, MIN_LISTED};
use crate::edits::{self, misspell, pick};
use crate::nouns::{Noun, nouns, singular};
use crate::plurals;
use crate::things::Things;

mod numbers;

/// Most products that a query for a known item may match.
const MAX_MATCHES: usize = 3;
/// Attempts for each query: not every product has what a query needs.
const ATTEMPTS: u64 = 40;
/// Words that are not used in queries.
const STOP_WORDS: [&str; 14] =
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "the", "to", "with"];

/// Derives `of_each` queries of each kind from a seed, or fewer if the catalogue has no more.
pub fn derive(catalogue: &Catalogue, seed: u64, of_each: u64) -> Vec<Derived> {
    let nouns: Vec<_> = nouns(catalogue).into_iter().filter(|noun| noun.products.len() >= MIN_LISTED).collect();
    let deriver = Deriver { catalogue, nouns, seed, of_each };
    let mut all = deriver.items();
    all.extend(deriver.numbers());
    all.extend(deriver.lists());
    all.extend(deriver.rewritten());
    all.extend(deriver.typed());
    all.extend(plurals::derived(catalogue, seed, of_each));
    all.extend(deriver.surrounded());
    all.extend(deriver.begun());
    all.extend(deriver.joined_with_digits());
    all.extend(deriver.things());
    all.extend(edits::ALL.iter().flat_map(|(edit, place, kind)| {
        deriver.known(kind, |words, random| {
            deriver.change_one(words, random, |word, random| Some(misspell(word, *edit, *place, random)))
        })
    }));
    all
}

/// The text of a query, its goal and the relevant products.
type Made = (String, Goal, BTreeSet<usize>);

/// How a model number is written.
type Write = fn(&str, &Item) -> String;

struct Deriver<'a> {
    catalogue: &'a Catalogue,
    nouns: Vec<Noun>,
    seed: u64,
    of_each: u64,
}

impl Deriver<'_> {
    /// Products by words of their names, from two words to all.
    fn items(&self) -> Vec<Derived> {
        let mut all = self.known("name: a few words", |words, _| Some(words));
        all.extend(self.known("name: words shuffled", |mut words, random| {
            for at in (1..words.len()).rev() {
                words.swap(at, pick(random, 0, at));
            }
            Some(words)
        }));
        all.extend(self.known("name: a strange word more", |mut words, random| {
            let other = &self.item(random).1.words;
            words.push(other[pick(random, 0, other.len() - 1)].clone());
            Some(words)
        }));
        all.extend(self.each("name: whole", |random| {
            let (number, item) = self.item(random);
            let name = item.product.name.clone();
            let twins = self.catalogue.items.iter().enumerate().filter(|(_, other)| other.product.name == name);
            Some((name.clone(), Goal::Item, twins.map(|(twin, _)| twin).chain([number]).collect()))
        }));
        all
    }

    /// Products by SKU, EAN or model number.
    fn numbers(&self) -> Vec<Derived> {
        let mut all = self.each("sku", |random| {
            let (number, item) = self.item(random);
            Some((item.product.product_id.to_string(), Goal::Item, BTreeSet::from([number])))
        });
        all.extend(self.each("ean", |random| {
            let (number, item) = self.item(random);
            let ean = item.product.ean.get(pick(random, 0, item.product.ean.len().checked_sub(1)?))?;
            Some((ean.clone(), Goal::Item, BTreeSet::from([number])))
        }));
        let ways: [(&'static str, Write); 4] = [
            ("model: as written", |model, _| model.to_owned()),
            ("model: lower case, no signs", |model, _| words(model).concat()),
            ("model: spaces for signs", |model, _| words(model).join(" ")),
            ("model: with brand", |model, item| {
                format!("{} {model}", item.product.brand.as_deref().unwrap_or_default())
            }),
        ];
        for (kind, write) in ways {
            all.extend(self.each(kind, |random| {
                let (_, item) = self.item(random);
                let model = models(item).nth(pick(random, 0, 1))?;
                let relevant = self.with_model(model);
                (relevant.len() <= MAX_MATCHES).then(|| (write(model, item), Goal::Item, relevant))
            }));
        }
        all
    }

    /// Categories, alone and with a brand or an attribute.
    fn lists(&self) -> Vec<Derived> {
        let mut all = self.list("category: plural", |_, noun| Some((noun.plural.clone(), noun.products.clone())));
        all.extend(self.list("category: singular", |_, noun| Some((noun.singular.clone(), noun.products.clone()))));
        all.extend(self.list("category: misspelt", |random, noun| {
            let words = words(&noun.plural);
            let (edit, place, _) = edits::ALL[pick(random, 0, edits::ALL.len() - 1)];
            let words = self.change_one(words, random, |word, random| Some(misspell(word, edit, place, random)))?;
            Some((words.join(" "), noun.products.clone()))
        }));
        all.extend(self.list("brand + category", |random, noun| {
            let brand = self.one_of(noun, random).product.brand.as_deref()?;
            Some((format!("{brand} {}", noun.plural), self.of_brand(noun, brand)))
        }));
        all.extend(self.list("category + brand, misspelt", |random, noun| {
            let brand = self.one_of(noun, random).product.brand.as_deref()?;
            let (edit, place, _) = edits::ALL[pick(random, 0, edits::ALL.len() - 1)];
            let misspelt =
                self.change_one(words(brand), random, |word, random| Some(misspell(word, edit, place, random)))?;
            Some((format!("{} {}", noun.singular, misspelt.join(" ")), self.of_brand(noun, brand)))
        }));
        all.extend(self.list("attribute + category", |random, noun| {
            let item = self.one_of(noun, random);
            let texts = item.product.attributes.values().filter_map(|value| match value {
                AttributeValue::Text(text) => Some(words(text)),
                _ => None,
            });
            let texts: Vec<_> =
                texts.filter(|words| words.len() == 1 && words[0].len() >= 3 && letters(&words[0])).collect();
            let value = &texts.get(pick(random, 0, texts.len().checked_sub(1)?))?[0];
            let has = |number: &usize| has_value(&self.catalogue.items[*number], value);
            let relevant = noun.products.iter().copied().filter(has).collect();
            Some((format!("{value} {}", noun.singular), relevant))
        }));
        all
    }

    /// Words in another spelling.
    fn rewritten(&self) -> Vec<Derived> {
        let mut all = self.known("plural for singular and back", |words, random| {
            self.change_one(words, random, |word, _| match word.strip_suffix('s') {
                Some(stem) => (stem.len() >= 3 && !stem.ends_with('s')).then(|| stem.to_owned()),
                None => Some(format!("{word}s")),
            })
        });
        all.extend(self.known("split: note book", |words, random| {
            self.change_one(words, random, |word, _| {
                let cuts = (3..word.len().saturating_sub(2)).filter(|at| word.is_char_boundary(*at));
                let mut cuts = cuts.map(|at| word.split_at(at));
                let known = |part: &str| self.catalogue.frequency(part) >= 3;
                cuts.find(|(left, right)| known(left) && known(right)).map(|(left, right)| format!("{left} {right}"))
            })
        }));
        all.extend(self.each("joined: usbcable", |random| {
            let (_, item) = self.item(random);
            let words = self.some_words(item, random)?;
            let at = pick(random, 0, words.len().checked_sub(2)?);
            let (left, right) = (&words[at], &words[at + 1]);
            let fits = letters(left) && letters(right) && left.len() + right.len() >= 6;
            let follow = |item: &Item| item.words.windows(2).any(|pair| pair[0] == *left && pair[1] == *right);
            let of_those = |words: &[String]| -> BTreeSet<usize> {
                self.catalogue.with_all(words).into_iter().filter(|n| follow(&self.catalogue.items[*n])).collect()
            };
            let common = of_those(&words[at..at + 2]).len() >= 3;
            let joined = [&words[..at], &[format!("{left}{right}")], &words[at + 2..]].concat();
            (fits && common).then(|| (joined.join(" "), Goal::Item, of_those(&words)))
        }));
        all.extend(self.measures());
        all
    }

    /// `27 inch` for `27"`, `8 gb` for `8GB`, and back.
    fn measures(&self) -> Vec<Derived> {
        self.each("measure: 27 inch, 8 gb", |random| {
            let (_, item) = self.item(random);
            let text: Vec<_> = item.product.name.split_whitespace().collect();
            let measure = text.iter().enumerate().find_map(|(at, token)| {
                let unit = token.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
                let number = &token[..token.len() - unit.len()];
                let plain = number.chars().any(|c| c.is_ascii_digit()) && !number.ends_with('.');
                match unit {
                    "\"" if plain => Some(format!("{number} inch")),
                    "GB" | "TB" | "MB" | "m" | "W" | "MHz" | "mm" if plain => {
                        Some(format!("{number} {}", unit.to_lowercase()))
                    }
                    "" if plain => match *text.get(at + 1)? {
                        unit @ ("GB" | "TB" | "MB" | "m" | "W" | "MHz" | "mm") => {
                            Some(format!("{number}{}", unit.to_lowercase()))
                        }
                        _ => None,
                    },
                    _ => None,
                }
            })?;
            let others = self.some_words(item, random)?;
            let others: Vec<_> = others.into_iter().filter(|word| letters(word)).collect();
            let relevant: BTreeSet<_> = self
                .catalogue
                .with_all(&others)
                .into_iter()
                .filter(|number| measured(&self.catalogue.items[*number].product.name, &measure))
                .collect();
            (!others.is_empty() && (1..=MAX_MATCHES).contains(&relevant.len()))
                .then(|| (format!("{} {measure}", others.join(" ")), Goal::Item, relevant))
        })
    }

    /// Known items with an incomplete last word, correct and misspelt.
    fn typed(&self) -> Vec<Derived> {
        let mut all = self.each("suggest: last word begun", |random| self.last_word_begun(random, false));
        all.extend(self.each("suggest: begun and misspelt", |random| self.last_word_begun(random, true)));
        for derived in &mut all {
            derived.typing = true;
        }
        all
    }

    /// A known item with an incomplete last word.
    fn last_word_begun(&self, random: &mut SeededRng, misspelt: bool) -> Option<Made> {
        let (_, item) = self.item(random);
        let mut words = self.some_words(item, random)?;
        let last = words.pop().filter(|word| word.len() >= 6 && letters(word))?;
        let begun = last[..pick(random, 4, last.len() - 1)].to_owned();
        let begins = |item: &Item| item.words.iter().any(|word| word.starts_with(&begun));
        let numbers = self.catalogue.with_all(&words).into_iter();
        let relevant: BTreeSet<_> = numbers.filter(|number| begins(&self.catalogue.items[*number])).collect();
        let (edit, place, _) = edits::ALL[pick(random, 0, edits::ALL.len() - 1)];
        words.push(if misspelt { misspell(&begun, edit, place, random) } else { begun });
        (relevant.len() <= MAX_MATCHES).then(|| (words.join(" "), Goal::Item, relevant))
    }

    /// Things rather than what goes with them: nouns alone and with another noun, and terms that have synonyms.
    fn things(&self) -> Vec<Derived> {
        let things = Things::new(self.catalogue);
        let mut all = Vec::new();
        for (kind, of_categories) in [("thing: noun of a category", true), ("thing: noun of names", false)] {
            let mut nouns = things.nouns(of_categories);
            all.extend(self.each(kind, |random| {
                let (noun, spelt) = nouns.swap_remove(pick(random, 0, nouns.len().checked_sub(1)?));
                Some((spelt.to_owned(), Goal::List, things.relevant(noun)?))
            }));
        }
        for (kind, between) in [("thing: laptop case", None), ("thing: case for laptop", Some("for"))] {
            all.extend(self.each(kind, |random| {
                let (number, _) = self.item(random);
                let pairs = things.pairs(number);
                let (other, noun) = pairs.get(pick(random, 0, pairs.len().checked_sub(1)?))?;
                let relevant = things.relevant_with(&singular(noun), &singular(other));
                let text = between.map_or_else(|| format!("{other} {noun}"), |word| format!("{noun} {word} {other}"));
                (relevant.len() >= MIN_LISTED).then_some((text, Goal::List, relevant))
            }));
        }
        let groups = Synonyms::default_groups().groups();
        let mut terms: Vec<_> = groups.iter().flatten().collect();
        all.extend(self.each("thing: literal before synonym", |random| {
            let term = terms.swap_remove(pick(random, 0, terms.len().checked_sub(1)?));
            Some((term.clone(), Goal::List, things.literally(&words(term))))
        }));
        all
    }

    /// Known items with changed words.
    fn known(
        &self,
        kind: &'static str,
        change: impl Fn(Vec<String>, &mut SeededRng) -> Option<Vec<String>>,
    ) -> Vec<Derived> {
        self.each(kind, |random| {
            let (_, item) = self.item(random);
            let words = self.some_words(item, random)?;
            let relevant = self.catalogue.with_all(&words);
            let changed = change(words, random)?;
            Some((changed.join(" "), Goal::Item, relevant))
        })
    }

    /// Words of a name, in its order, that match few products together.
    fn some_words(&self, item: &Item, random: &mut SeededRng) -> Option<Vec<String>> {
        let brand = words(item.product.brand.as_deref().unwrap_or_default());
        let mut usable: Vec<&String> = Vec::new();
        for word in brand.iter().chain(&item.words) {
            if word.chars().count() >= 2 && !STOP_WORDS.contains(&word.as_str()) && !usable.contains(&word) {
                usable.push(word);
            }
        }
        let mut chosen: BTreeSet<usize> = BTreeSet::new();
        while chosen.len() < usable.len().min(6) {
            chosen.insert(pick(random, 0, usable.len() - 1));
            let words: Vec<String> = chosen.iter().map(|at| usable[*at].clone()).collect();
            if words.len() >= 2 && self.catalogue.with_all(&words).len() <= MAX_MATCHES {
                return Some(words);
            }
        }
        None
    }

    /// Changes one word that other products have, too, into a word that no product has.
    fn change_one(
        &self,
        mut words: Vec<String>,
        random: &mut SeededRng,
        change: impl Fn(&str, &mut SeededRng) -> Option<String>,
    ) -> Option<Vec<String>> {
        let fits = |word: &String| word.len() >= 4 && letters(word) && self.catalogue.frequency(word) >= 2;
        let at: Vec<_> = (0..words.len()).filter(|at| fits(&words[*at])).collect();
        let at = *at.get(pick(random, 0, at.len().checked_sub(1)?))?;
        let changed = change(&words[at], random)?;
        let is_new = changed.contains(' ')
            || self.catalogue.frequency(&changed) == 0
            || changed.strip_suffix('s') == Some(&words[at])
            || words[at].strip_suffix('s') == Some(&changed);
        words[at] = changed;
        is_new.then_some(words)
    }

    fn list(
        &self,
        kind: &'static str,
        make: impl Fn(&mut SeededRng, &Noun) -> Option<(String, BTreeSet<usize>)>,
    ) -> Vec<Derived> {
        self.each(kind, |random| {
            let noun = &self.nouns[pick(random, 0, self.nouns.len().checked_sub(1)?)];
            let (text, relevant) = make(random, noun)?;
            (relevant.len() >= MIN_LISTED).then_some((text, Goal::List, relevant))
        })
    }

    /// Makes up to `of_each` different queries.
    fn each(
        &self,
        kind: &'static str,
        mut make: impl FnMut(&mut SeededRng) -> Option<(String, Goal, BTreeSet<usize>)>,
    ) -> Vec<Derived> {
        // Each kind has a stream of its own, so that a new kind does not change the others.
        let mut random =
            SeededRng::new(self.seed, kind.bytes().fold(7, |hash, b| hash * 31 % 1_000_003 + u64::from(b)));
        let mut all: Vec<Derived> = Vec::new();
        for _ in 0..self.of_each * ATTEMPTS {
            if all.len() as u64 == self.of_each {
                break;
            }
            let Some((text, goal, relevant)) = make(&mut random) else { continue };
            if !relevant.is_empty() && all.iter().all(|known| known.text != text) {
                all.push(Derived { kind, text, goal, relevant, typing: false, held_out: all.len() % 2 == 1 });
            }
        }
        all
    }

    fn item(&self, random: &mut SeededRng) -> (usize, &Item) {
        let number = pick(random, 0, self.catalogue.items.len() - 1);
        (number, &self.catalogue.items[number])
    }

    fn one_of(&self, noun: &Noun, random: &mut SeededRng) -> &Item {
        let at = pick(random, 0, noun.products.len() - 1);
        noun.products.iter().nth(at).map_or(&self.catalogue.items[0], |number| &self.catalogue.items[*number])
    }

    fn of_brand(&self, noun: &Noun, brand: &str) -> BTreeSet<usize> {
        let is_it = |number: &usize| self.catalogue.items[*number].product.brand.as_deref() == Some(brand);
        noun.products.iter().copied().filter(is_it).collect()
    }

    fn with_model(&self, model: &str) -> BTreeSet<usize> {
        let wanted = words(model).concat();
        let items = self.catalogue.items.iter().enumerate();
        items.filter(|(_, item)| models(item).any(|other| words(other).concat() == wanted)).map(|(at, _)| at).collect()
    }
}

/// Parts of a name that look like a model number: letters and digits, not a measure.
fn models(item: &Item) -> impl Iterator<Item = &str> {
    let tokens = item.product.name.split_whitespace().map(|token| token.trim_matches(|c: char| !c.is_alphanumeric()));
    tokens.filter(|token| {
        let letters = token.chars().filter(char::is_ascii_alphabetic).count();
        let digits = token.chars().filter(char::is_ascii_digit).count();
        letters >= 2
            && digits >= 2
            && letters + digits >= 5
            && token.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    })
}

fn letters(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_alphabetic())
}

fn has_value(item: &Item, value: &str) -> bool {
    let mut texts = item.product.attributes.values().map(|value| words(value.as_text()));
    item.words.iter().any(|word| word == value) || texts.any(|words| words.iter().any(|word| word == value))
}

/// Whether a name has a measure, with or without a space before the unit.
fn measured(name: &str, measure: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace('"', "inch").replace(' ', "");
    let (name, measure) = (plain(name), plain(measure));
    name.match_indices(&measure).any(|(at, _)| {
        let before = name[..at].chars().next_back();
        !before.is_some_and(|c| c.is_ascii_digit() || c == '.')
    })
}
