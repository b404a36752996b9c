//! Queries with numbers: a word beside them, begun, joined with words, in quotation marks.

use std::collections::BTreeSet;

use souk_rng::SeededRng;

use super::{Derived, Deriver, Goal, MAX_MATCHES, STOP_WORDS, letters, models};
use crate::catalogue::{Item, words};
use crate::edits::pick;

/// What is written before a number to say what it is.
const LABELS: [&str; 8] = ["ean", "sku", "part no", "art.", "item", "model", "item number", "Art. No.:"];
/// What is written around a number, which replaces `#`.
const AROUND: [&str; 8] = ["\"#\"", "“#”", "„#“", "(#)", "[#]", "# x2", "2x #", "#."];
/// Most products with the same begun number.
const MAX_BEGUN: usize = 100;

impl Deriver<'_> {
    /// Numbers with a word or signs around them.
    pub(super) fn surrounded(&self) -> Vec<Derived> {
        let mut all = self.coded("number: with a label", |code, is_ean, random| {
            let label = LABELS[pick(random, 0, LABELS.len() - 1)];
            (is_ean || label != "ean").then(|| format!("{label} {code}"))
        });
        all.extend(self.coded("number: with a strange word", |code, _, random| self.beside(code, random)));
        all.extend(self.coded("number: quoted, in brackets, x2", |code, _, random| {
            Some(AROUND[pick(random, 0, AROUND.len() - 1)].replace('#', code))
        }));
        all.extend(self.each("model: with a strange word", |random| {
            let (_, item) = self.item(random);
            let model = models(item).nth(pick(random, 0, 1))?;
            let relevant = self.with_model(model);
            (relevant.len() <= MAX_MATCHES).then(|| Some((self.beside(model, random)?, Goal::Item, relevant)))?
        }));
        all
    }

    /// Numbers and words that are not complete.
    pub(super) fn begun(&self) -> Vec<Derived> {
        let mut all = self.each("begun: sku or ean", |random| {
            let (_, item) = self.item(random);
            let (code, _) = code(item, random)?;
            let begun = cut(&code, random)?;
            let begins = |item: &Item| codes(item).any(|code| code.starts_with(&begun));
            Some((begun.clone(), Goal::Item, self.where_it(begins)?))
        });
        all.extend(self.each("begun: part of an sku", |random| {
            let (_, item) = self.item(random);
            let (_, part) = item.product.product_id.as_str().split_once('-')?;
            let begun = cut(part, random)?;
            let begins = |item: &Item| {
                item.product.product_id.as_str().split_once('-').is_some_and(|(_, part)| part.starts_with(&begun))
            };
            Some((begun.clone(), Goal::Item, self.where_it(begins)?))
        }));
        all.extend(self.each("begun: model number", |random| {
            let (_, item) = self.item(random);
            let brand = item.product.brand.as_deref()?;
            let model = models(item).nth(pick(random, 0, 1))?;
            let begun = cut(model, random)?;
            let plain = words(&begun).concat();
            let begins = |item: &Item| {
                let mut models = models(item);
                item.product.brand.as_deref() == Some(brand)
                    && models.any(|model| words(model).concat().starts_with(&plain))
            };
            Some((format!("{brand} {begun}"), Goal::Item, self.where_it(begins)?))
        }));
        all.extend(self.each("begun: last word", |random| self.last_word_begun(random, false)));
        all
    }

    /// Words with digits that are joined with their neighbours, and quotation marks around words.
    pub(super) fn joined_with_digits(&self) -> Vec<Derived> {
        let mut all =
            self.joined("joined: galaxyos24", 2, |words| words.iter().filter(|word| !letters(word)).count() == 1);
        all.extend(self.joined("joined: three words", 3, |words| words.iter().any(|word| letters(word))));
        all.extend(self.each("quoted: up to a digit", |random| {
            let (_, item) = self.item(random);
            let tokens: Vec<_> = item.product.name.split(' ').collect();
            let ends: Vec<_> =
                (2..tokens.len()).filter(|end| tokens[end - 1].ends_with(|c: char| c.is_ascii_digit())).collect();
            let text = tokens[..*ends.get(pick(random, 0, ends.len().checked_sub(1)?))?].join(" ");
            let begins = |item: &Item| format!("{} ", item.product.name).starts_with(&format!("{text} "));
            let relevant = self.where_it(begins).filter(|relevant| relevant.len() <= MAX_MATCHES)?;
            let (open, close) = [("\"", "\""), ("“", "”"), ("„", "“"), ("”", "”")][pick(random, 0, 3)];
            Some((format!("{open}{text}{close}"), Goal::Item, relevant))
        }));
        all
    }

    /// An SKU or EAN, changed.
    fn coded(&self, kind: &'static str, change: impl Fn(&str, bool, &mut SeededRng) -> Option<String>) -> Vec<Derived> {
        self.each(kind, |random| {
            let (number, item) = self.item(random);
            let (code, is_ean) = code(item, random)?;
            Some((change(&code, is_ean, random)?, Goal::Item, BTreeSet::from([number])))
        })
    }

    /// The number before or after a word of another product.
    fn beside(&self, number: &str, random: &mut SeededRng) -> Option<String> {
        let other = &self.item(random).1.words;
        let word = other.iter().rev().find(|word| word.len() >= 4 && letters(word))?;
        Some(if pick(random, 0, 1) == 0 { format!("{word} {number}") } else { format!("{number} {word}") })
    }

    /// Words that follow each other in a name, as one.
    fn joined(&self, kind: &'static str, count: usize, fits: impl Fn(&[String]) -> bool) -> Vec<Derived> {
        self.each(kind, |random| {
            let (_, item) = self.item(random);
            let from = pick(random, 0, item.words.len().checked_sub(count)?);
            let chosen = &item.words[from..from + count];
            let plain = |word: &String| word.len() >= 2 && !word.contains('.') && !STOP_WORDS.contains(&word.as_str());
            let text = chosen.concat();
            let relevant = self.where_it(|item| item.words.windows(count).any(|other| other == chosen))?;
            let usable = chosen.iter().all(plain) && fits(chosen) && text.len() >= 6 && relevant.len() <= MAX_MATCHES;
            usable.then_some((text, Goal::Item, relevant))
        })
    }

    /// The products for which this holds; none if they are too many.
    fn where_it(&self, holds: impl Fn(&Item) -> bool) -> Option<BTreeSet<usize>> {
        let items = self.catalogue.items.iter().enumerate();
        let found: BTreeSet<_> = items.filter(|(_, item)| holds(item)).map(|(number, _)| number).collect();
        (found.len() <= MAX_BEGUN).then_some(found)
    }
}

/// An SKU, or an EAN (true).
fn code(item: &Item, random: &mut SeededRng) -> Option<(String, bool)> {
    if pick(random, 0, 1) == 0 {
        return Some((item.product.product_id.to_string(), false));
    }
    let ean = item.product.ean.get(pick(random, 0, item.product.ean.len().checked_sub(1)?))?;
    Some((ean.clone(), true))
}

fn codes(item: &Item) -> impl Iterator<Item = &str> {
    std::iter::once(item.product.product_id.as_str()).chain(item.product.ean.iter().map(String::as_str))
}

/// The beginning of a number: half of it or more, at least five characters.
fn cut(number: &str, random: &mut SeededRng) -> Option<String> {
    let least = (number.len() / 2).max(5);
    let begun = number.get(..pick(random, least, (number.len() - 1).max(least)))?;
    (begun.len() < number.len() && begun.ends_with(|c: char| c.is_alphanumeric())).then(|| begun.to_owned())
}
