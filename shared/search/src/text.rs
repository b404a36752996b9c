//! Splits the text that a shopper typed into words. No character has a special meaning: no operators, no wildcards.

use crate::numbers;
use crate::quotes::{inch_marks, spelt_out};
use crate::scripts::{is_border, is_mark, is_of_word};
use crate::word::Word;

/// Longest search text that is used, in characters.
const MAX_CHARS: usize = 200;
/// Most words that are searched for; each adds some terms to the query.
const MAX_WORDS: usize = 12;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::word::MAX_WORD_CHARS;

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
}
