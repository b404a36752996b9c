//! Words that are probably the number of a product (SKU, EAN or model), and the words that only announce one.
//!
//! A number says more than all words beside it: `spare OUT-0000472` and `ean 2000000004723` mean one product.

use std::collections::BTreeSet;

use crate::word::{Word, code};

/// Words that announce a number, whatever it looks like.
const LABELS: [&str; 14] = [
    "article",
    "articleno",
    "artno",
    "artnr",
    "asin",
    "ean",
    "gtin",
    "isbn",
    "item",
    "itemno",
    "mpn",
    "partno",
    "sku",
    "upc",
];
/// Words that announce a number only if it looks like one, or if the next word is a label, too: `part no`.
const WEAK_LABELS: [&str; 16] = [
    "art",
    "code",
    "id",
    "model",
    "no",
    "nr",
    "num",
    "number",
    "nº",
    "part",
    "pn",
    "product",
    "ref",
    "reference",
    "serial",
    "type",
];
/// Units: `1080p` and `500gb` are measures.
const UNITS: [&str; 53] = [
    "a", "ah", "bit", "btu", "cm", "db", "dpi", "fps", "ft", "g", "gb", "gbit", "gbps", "ghz", "gsm", "hz", "in",
    "inch", "k", "kb", "kg", "khz", "kw", "kwh", "l", "lm", "m", "mah", "mb", "mbit", "mbps", "mhz", "ml", "mm", "mp",
    "ms", "nm", "p", "pages", "pcs", "ppm", "px", "rpm", "s", "sheets", "tb", "v", "va", "vac", "vdc", "w", "wh", "x",
];
/// Fewest digits of a number without letters, alone and beside other words that find nothing.
const MIN_DIGITS: usize = 6;
const MIN_DIGITS_LOOSE: usize = 5;
/// Fewest letters and digits of a number with both.
const MIN_MIXED: usize = 5;
/// Fewest characters of a number after a label.
const MIN_LABELLED: usize = 3;
/// Fewest characters of a number that is written as several words, with letters and without.
const MIN_SPACED: usize = 6;
const MIN_SPACED_DIGITS: usize = 8;
/// Most words of such a number.
const MAX_SPACED_WORDS: usize = 4;

/// Marks the numbers among the words, and the labels before them. A label is not required.
pub(crate) fn mark(words: &mut [Word]) {
    for word in words.iter_mut() {
        word.number = looks_like_number(word);
    }
    for at in (1..words.len()).rev() {
        let (before, rest) = words.split_at_mut(at);
        let (Some(word), Some(next)) = (before.last_mut(), rest.first_mut()) else { continue };
        let follows = next.number || next.label;
        let short = has_digit(&next.whole) && next.whole.chars().count() >= MIN_LABELLED;
        let strong = LABELS.contains(&word.whole.as_str()) && (follows || short);
        if strong || follows && !word.number && WEAK_LABELS.contains(&word.whole.as_str()) {
            word.label = true;
            word.required = false;
            next.number |= !next.label;
        }
    }
    // part no 1399
    for at in 2..words.len() {
        let short = has_digit(&words[at].whole) && words[at].whole.chars().count() >= MIN_LABELLED;
        let labels = |at: usize| WEAK_LABELS.contains(&words[at].whole.as_str());
        if short && labels(at - 1) && labels(at - 2) {
            words[at].number = true;
            for label in &mut words[at - 2..at] {
                label.label = true;
                label.required = false;
            }
        }
    }
}

/// What may be an SKU or EAN: each number, and neighbours that are one number with spaces (`lc 1000 bk`).
pub(crate) fn codes(words: &[Word]) -> BTreeSet<String> {
    let single = words.iter().filter(|word| word.number).map(|word| code(&word.whole));
    let spans = (2..=MAX_SPACED_WORDS).flat_map(|count| words.windows(count));
    let spaced = spans.filter(|span| span.iter().all(|word| !word.label)).filter_map(|span| {
        let text: String = span.iter().map(|word| word.whole.as_str()).collect();
        let letters = text.chars().any(char::is_alphabetic);
        let least = if letters { MIN_SPACED } else { MIN_SPACED_DIGITS };
        (has_digit(&text) && text.chars().count() >= least).then(|| code(&text))
    });
    single.chain(spaced).filter(|code| !code.is_empty()).collect()
}

/// Digits that may be an SKU if nothing else is found; in a shop with numbers of five digits they often are something
/// else (`powerbank 10000`).
pub(crate) fn loose_codes(words: &[Word]) -> BTreeSet<String> {
    let loose = words.iter().filter(|word| {
        word.whole.chars().count() >= MIN_DIGITS_LOOSE && word.whole.chars().all(|c| c.is_ascii_digit())
    });
    loose.map(|word| code(&word.whole)).filter(|code| !code.is_empty()).collect()
}

fn looks_like_number(word: &Word) -> bool {
    let digits = word.whole.chars().filter(|c| c.is_numeric()).count();
    let letters = word.whole.chars().filter(|c| c.is_alphabetic()).count();
    match (digits, letters) {
        (MIN_DIGITS.., 0) => !word.whole.contains('.'),
        (2.., 1..) => digits + letters >= MIN_MIXED && !is_measure(&word.parts),
        _ => false,
    }
}

/// `500gb`, `1920x1080`, `2x4gb`
fn is_measure(parts: &[String]) -> bool {
    let is_number = |part: &String| part.chars().all(|c| c.is_numeric() || c == '.');
    parts.first().is_some_and(is_number) && parts.iter().all(|part| is_number(part) || UNITS.contains(&part.as_str()))
}

fn has_digit(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words;

    fn numbers(text: &str) -> Vec<String> {
        words(text).into_iter().filter(|word| word.number).map(|word| word.whole).collect()
    }

    fn labels(text: &str) -> Vec<String> {
        words(text).into_iter().filter(|word| word.label).map(|word| word.whole).collect()
    }

    #[test]
    fn numbers_are_told_from_measures() {
        for text in
            ["OUT-0000472", "2000000004723", "lc-1000bk", "123456", "k120x2", "(OUT-0000472)", "\"OUT-0000472\""]
        {
            assert_eq!(numbers(text).len(), 1, "{text}");
        }
        for text in
            ["500gb", "1920x1080", "2x16gb", "1080p", "27\"", "1.5m", "x13", "1440", "10000", "usb-c", "cat6", "x2"]
        {
            assert_eq!(numbers(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn labels_announce_a_number() {
        for (text, expected) in [
            ("ean 2000000004723", vec!["ean"]),
            ("part no OUT-0000472", vec!["part", "no"]),
            ("art. no.: OUT-0000472", vec!["art", "no"]),
            ("item number OUT-0000472 blue", vec!["item", "number"]),
            ("model LC-1000BK", vec!["model"]),
            ("spare OUT-0000472", vec![]),
            ("sku 1399", vec!["sku"]),
            ("part no 1399", vec!["part", "no"]),
            ("model 2100", vec![]),
            ("model railway", vec![]),
            ("no 10 envelope", vec![]),
            ("item ean", vec![]),
        ] {
            assert_eq!(labels(text), expected, "{text}");
        }
        assert_eq!(numbers("sku 1399"), ["1399"]);
        assert_eq!(numbers("part no 1399"), ["1399"]);
        let words = words("part no OUT-0000472");
        assert_eq!(words.iter().map(|word| word.required).collect::<Vec<_>>(), [false, false, true]);
    }

    #[test]
    fn numbers_with_spaces_are_codes() {
        let codes = |text: &str| codes(&words(text)).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(codes("spare OUT-0000472"), "out0000472 spareout0000472");
        assert!(codes("lc 1000 bk black").contains("lc1000bk"));
        assert!(codes("5 397184 217696").contains("5397184217696"));
        assert_eq!(codes("ean 05397184217696"), "5397184217696");
        assert_eq!(codes("hama cable"), "");
        assert_eq!(codes("2560 144"), "");
        assert_eq!(loose_codes(&words("blue 19733 1440")).into_iter().collect::<Vec<_>>(), ["19733"]);
    }
}
