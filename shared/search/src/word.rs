//! One word of the text that a shopper typed.

use crate::scripts::{is_of_word, is_spaceless};

/// Longest word, in characters; a longer one is cut.
pub(crate) const MAX_WORD_CHARS: usize = 40;
/// Stop words: searched for, but never required.
const STOP_WORDS: [&str; 17] =
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "it", "of", "on", "or", "the", "to", "with"];

/// One word of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// As it was typed, in lower case: `usb-c`.
    pub(crate) typed: String,
    /// In lower case, without punctuation: `usbc` for `USB-C`. A decimal point stays.
    pub(crate) whole: String,
    /// Split at punctuation and between letters and digits: `usb`, `c`. At least one part.
    pub(crate) parts: Vec<String>,
    /// False for words such as `for`, and for labels.
    pub(crate) required: bool,
    /// Probably an SKU, EAN or model number.
    pub(crate) number: bool,
    /// Only announces a number: `ean 2000000004723`.
    pub(crate) label: bool,
}

impl Word {
    pub(crate) fn new(raw: &str) -> Option<Self> {
        let parts = parts(raw.strip_suffix("'s").unwrap_or(raw));
        let required = !STOP_WORDS.contains(&raw);
        let typed = raw.chars().take(MAX_WORD_CHARS).collect();
        (!parts.is_empty()).then(|| Self { typed, whole: parts.concat(), parts, required, number: false, label: false })
    }

    /// True for letters only: a word that can be misspelt, unlike a model number. False for scripts without spaces, where
    /// it may be several words.
    pub(crate) fn is_letters(&self) -> bool {
        self.whole.chars().all(|c| is_of_word(c) && !c.is_numeric() && !is_spaceless(c))
    }
}

/// An article number or EAN as it is compared: without punctuation, case and leading zeros (a UPC is an EAN without its
/// 0).
pub(crate) fn code(raw: &str) -> String {
    let code: String = raw.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if code.bytes().all(|b| b.is_ascii_digit()) { code.trim_start_matches('0').to_owned() } else { code }
}

fn parts(raw: &str) -> Vec<String> {
    let characters: Vec<char> = raw.chars().filter(|c| *c != '\'').take(MAX_WORD_CHARS).collect();
    // A point within a number belongs to it (1.5), but not one within a code: J9900.001 has two parts.
    let is_digit = |at: usize| characters.get(at).is_some_and(|c| c.is_numeric());
    let is_code = |at: usize| {
        let digits = characters[..at].iter().rev().take_while(|c| c.is_numeric()).count();
        digits >= 2 && characters[..at - digits].last().is_some_and(|c| c.is_alphabetic())
    };
    let is_point = |at: usize| characters[at] == '.' && at > 0 && is_digit(at - 1) && is_digit(at + 1) && !is_code(at);
    let mut parts: Vec<String> = Vec::new();
    let mut previous = None;
    for (at, c) in characters.iter().enumerate() {
        let number = is_digit(at) || is_point(at);
        let kind = (number || is_of_word(*c)).then_some(number);
        match parts.last_mut() {
            Some(part) if kind.is_some() && kind == previous => part.push(*c),
            _ if kind.is_some() => parts.push(c.to_string()),
            _ => {}
        }
        previous = kind;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_compare_without_punctuation_and_leading_zeros() {
        assert_eq!(code("00740617065411"), code("740617065411"));
        assert_eq!(code("LC-1000/B"), "lc1000b");
        assert_eq!(code("0"), "");
    }
}
