//! Splits the text that a shopper typed into words. No character has a special meaning: no operators, no wildcards.

use crate::numbers;
use crate::quotes::{inch_marks, spelt_out};
use crate::scripts::{is_border, is_mark, is_of_word, is_spaceless};

/// Longest search text that is used, in characters.
const MAX_CHARS: usize = 200;
/// Most words that are searched for; each adds some terms to the query.
const MAX_WORDS: usize = 12;
/// Longest word, in characters; a longer one is cut.
const MAX_WORD_CHARS: usize = 40;
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
    fn new(raw: &str) -> Option<Self> {
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

/// The words of a text; none if it has neither letters nor digits.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let text = plain(text);
    let pieces = text.split(|c: char| !is_of_word(c) && !is_glue(c));
    let mut words: Vec<Word> = pieces.filter_map(Word::new).take(MAX_WORDS).collect();
    numbers::mark(&mut words);
    if words.iter().all(|word| !word.required) {
        for word in &mut words {
            word.required = true;
        }
    }
    words
}

/// An article number or EAN as it is compared: without punctuation, case and leading zeros (a UPC is an EAN without its
/// 0).
pub(crate) fn code(raw: &str) -> String {
    let code: String = raw.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if code.bytes().all(|b| b.is_ascii_digit()) { code.trim_start_matches('0').to_owned() } else { code }
}

/// In lower case, cut to length, `27"` as `27 inch`, `c#` as `csharp`, without combining accents and marks, with a space between
/// scripts with and without spaces.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let characters: Vec<char> = text.chars().take(MAX_CHARS).flat_map(char::to_lowercase).collect();
    for (c, is_inch) in characters.iter().zip(inch_marks(&characters)) {
        match c {
            // Two single quotation marks are one inch mark.
            _ if is_inch => plain.push_str(if plain.ends_with(" inch ") { "" } else { " inch " }),
            '’' => plain.push('\''),
            c if is_mark(*c) => {}
            c => {
                if plain.ends_with(|before: char| is_border(before, *c)) {
                    plain.push(' ');
                }
                plain.push(*c);
            }
        }
    }
    spelt_out(&plain)
}

/// Punctuation that is within a word as often as between two.
const fn is_glue(c: char) -> bool {
    matches!(c, '-' | '.' | '_' | '\'' | '&' | '+' | '‑' | '–')
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

    fn wholes(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.whole).collect()
    }

    #[test]
    fn words_are_split_and_joined() {
        assert_eq!(wholes("USB-C cable, 2m"), ["usbc", "cable", "2m"]);
        assert_eq!(words("LC-1000XL")[0].parts, ["lc", "1000", "xl"]);
        assert_eq!(wholes("27\" monitor"), ["27", "inch", "monitor"]);
        assert_eq!(wholes("27'' black/white men's cafe\u{301}"), ["27", "inch", "black", "white", "men", "cafe"]);
        assert_eq!(words("1.5m...")[0].parts, ["1.5", "m"]);
        assert_eq!(words("EC.J9900.001")[0].parts, ["ec", "j", "9900", "001"]);
        assert_eq!(words("USB3.1")[0].parts, ["usb", "3.1"]);
        assert_eq!(wholes("\"OUT-0000472\" “LC-1000”"), ["out0000472", "lc1000"]);
        assert_eq!(wholes("C# and C++ for .NET"), ["csharp", "and", "cplusplus", "for", "dotnet"]);
    }

    #[test]
    fn other_scripts_are_split_as_in_the_index() {
        assert_eq!(wholes("USB充電器 2個"), ["usb", "充電器", "2", "個"]);
        assert_eq!(wholes("ΠΛΗΚΤΡΟΛΌΓΙΟ Ёлка"), ["πληκτρολόγιο", "ёлка"]);
        assert_eq!(wholes("İSTANBUL שָׁלוֹם مُحَمَّد"), ["istanbul", "שלום", "محمد"]);
        assert_eq!(wholes("हिन्दी कीबोर्ड। กล้อง"), ["हिन्दी", "कीबोर्ड", "กล้อง"]);
        assert!(words("Ёлка")[0].is_letters() && words("हिन्दी")[0].is_letters() && !words("充電器")[0].is_letters());
    }

    #[test]
    fn small_words_are_not_required_unless_alone() {
        let required = |text| words(text).iter().map(|word| word.required).collect::<Vec<_>>();
        assert_eq!(required("case for the phone"), [true, false, false, true]);
        assert_eq!(required("the the"), [true, true]);
    }

    #[test]
    fn hostile_texts_have_bounds() {
        assert!(words("*:* ~ \\ \" ((( && || ! {}[]^").is_empty());
        assert!(words(" \u{0}\u{202e}…").is_empty());
        assert_eq!(words(&"x ".repeat(10_000)).len(), MAX_WORDS);
        assert_eq!(words(&"x".repeat(10_000))[0].whole.len(), MAX_WORD_CHARS);
        assert_eq!(words(&"İ1".repeat(10_000)).len(), 1);
    }

    #[test]
    fn codes_compare_without_punctuation_and_leading_zeros() {
        assert_eq!(code("00740617065411"), code("740617065411"));
        assert_eq!(code("LC-1000/B"), "lc1000b");
        assert_eq!(code("0"), "");
    }
}
