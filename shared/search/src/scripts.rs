//! Scripts other than Latin: which characters are words of their own, and which do not count.
//!
//! The analyzers of the index and [`text`](crate::text) split by the same tables.

use serde_json::{Value, json};

/// Scripts that are written without spaces, or whose words carry particles (Hangul). A word of them is found anywhere
/// within a longer one.
const SPACELESS: [(char, char); 16] = [
    ('\u{0e01}', '\u{0e3a}'),   // Thai
    ('\u{0e40}', '\u{0e4e}'),   // Thai
    ('\u{0e81}', '\u{0ece}'),   // Lao
    ('\u{1000}', '\u{103f}'),   // Myanmar
    ('\u{1100}', '\u{11ff}'),   // Hangul, decomposed
    ('\u{1780}', '\u{17d3}'),   // Khmer
    ('\u{3005}', '\u{3007}'),   // 々 and others
    ('\u{3041}', '\u{309f}'),   // Hiragana
    ('\u{30a1}', '\u{30fa}'),   // Katakana, without its middle dot
    ('\u{30fc}', '\u{30ff}'),   // Katakana
    ('\u{3131}', '\u{318e}'),   // Hangul
    ('\u{3400}', '\u{9fff}'),   // Han
    ('\u{ac00}', '\u{d7a3}'),   // Hangul
    ('\u{f900}', '\u{faff}'),   // Han
    ('\u{ff66}', '\u{ff9f}'),   // Katakana of half width
    ('\u{20000}', '\u{3ffff}'), // Han
];

/// What does not count: combining accents, the points of Hebrew, the marks of Arabic and its stretching, soft hyphens,
/// joiners, and marks of direction.
const MARKS: [(char, char); 16] = [
    ('\u{00ad}', '\u{00ad}'),
    ('\u{0300}', '\u{036f}'),
    ('\u{0591}', '\u{05bd}'),
    ('\u{05bf}', '\u{05bf}'),
    ('\u{05c1}', '\u{05c2}'),
    ('\u{05c4}', '\u{05c5}'),
    ('\u{05c7}', '\u{05c7}'),
    ('\u{0610}', '\u{061a}'),
    ('\u{0640}', '\u{0640}'),
    ('\u{064b}', '\u{065f}'),
    ('\u{0670}', '\u{0670}'),
    ('\u{06d6}', '\u{06dc}'),
    ('\u{06df}', '\u{06e8}'),
    ('\u{06ea}', '\u{06ed}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2060}', '\u{2064}'),
];

/// The scripts of India. Their vowel signs and their virama, which Rust does not count as a letter, are within words.
const INDIC: (char, char) = ('\u{0900}', '\u{0dff}');
/// Their full stops and abbreviation sign.
const INDIC_SIGNS: [char; 3] = ['\u{0964}', '\u{0965}', '\u{0970}'];

/// Shortest word without spaces that may be several words, in characters.
const MIN_CHARS: usize = 4;
/// Most pairs of its characters that are searched for.
const MAX_PAIRS: usize = 12;

/// Katakana of half width, from U+FF66 on, at their usual width.
const FULL_WIDTH: &str =
    "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

/// Whether the character is of a script without spaces.
pub(crate) fn is_spaceless(c: char) -> bool {
    is_in(c, &SPACELESS)
}

/// Whether the character does not count.
pub(crate) fn is_mark(c: char) -> bool {
    is_in(c, &MARKS)
}

/// Whether the character is within a word.
pub(crate) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_spaceless(c) || is_in(c, &[INDIC]) && !INDIC_SIGNS.contains(&c)
}

/// Whether two neighbours are of a word each: `USB充電器` has two.
pub(crate) fn is_border(left: char, right: char) -> bool {
    is_spaceless(left) != is_spaceless(right) && is_of_word(left) && is_of_word(right)
}

fn is_in(c: char, ranges: &[(char, char)]) -> bool {
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// The pattern of what is removed, for the index.
pub(crate) fn marks_pattern() -> String {
    format!("[{}]", class(&MARKS))
}

/// The pattern of the characters that the index puts a space before: those of scripts without spaces, and what follows
/// them. They are matched, rather than the place before them, because Lucene would mark the wrong part of a name then.
pub(crate) fn spaceless_pattern() -> String {
    let spaceless = class(&SPACELESS);
    format!(r"(?<=[{spaceless}])([{spaceless}\p{{L}}\p{{N}}])|(?<=[\p{{L}}\p{{N}}])([{spaceless}])")
}

/// The pattern of the characters after a border between words, see [`is_border`].
pub(crate) fn borders_pattern() -> String {
    let spaceless = class(&SPACELESS);
    format!(
        r"(?<=[{spaceless}])([\p{{L}}\p{{N}}&&[^{spaceless}]])|(?<=[\p{{L}}\p{{N}}&&[^{spaceless}]])([{spaceless}])"
    )
}

/// The inside of a character class of Java.
fn class(ranges: &[(char, char)]) -> String {
    let range = |(first, last): &(char, char)| format!(r"\x{{{:x}}}-\x{{{:x}}}", u32::from(*first), u32::from(*last));
    ranges.iter().map(range).collect::<Vec<_>>().concat()
}

/// What the index replaces: Ё by Е, as Russian is usually typed, and Katakana of half width.
pub(crate) fn letters() -> Vec<String> {
    let mut letters = vec!["Ё=>Е".to_owned(), "ё=>е".to_owned()];
    for (half, full) in ('\u{ff66}'..='\u{ff9d}').zip(FULL_WIDTH.chars()) {
        letters.push(format!("{half}=>{full}"));
        let shifted = |by: u32| char::from_u32(u32::from(full) + by).unwrap_or(full);
        if "カキクケコサシスセソタチツテトハヒフヘホ".contains(full) {
            letters.push(format!("{half}ﾞ=>{}", shifted(1)));
        }
        if "ハヒフヘホ".contains(full) {
            letters.push(format!("{half}ﾟ=>{}", shifted(2)));
        }
    }
    letters.push("ｳﾞ=>ヴ".to_owned());
    letters
}

/// A long word without spaces may be several: a product matches if it has most of its pairs of neighbours. `of` makes
/// the query for one pair. None for other words and for short ones.
pub(crate) fn most_pairs(word: &str, of: impl Fn(&str) -> Value) -> Option<Value> {
    let characters: Vec<char> = word.chars().collect();
    if !characters.iter().all(|c| is_spaceless(*c)) || characters.len() < MIN_CHARS {
        return None;
    }
    let pairs: Vec<_> = characters.windows(2).take(MAX_PAIRS).map(|pair| of(&String::from_iter(pair))).collect();
    let enough = pairs.len() - (pairs.len() / 4).max(1);
    Some(json!({ "bool": { "should": pairs, "minimum_should_match": enough } }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words;

    #[test]
    fn characters_have_their_classes() {
        for c in "本のノー々전한ไทย่".chars() {
            assert!(is_spaceless(c) && is_of_word(c), "{c}");
        }
        for c in "aéЖλшعא5क्・、-".chars() {
            assert!(!is_spaceless(c), "{c}");
        }
        assert!("नमस्ते".chars().all(is_of_word) && !is_of_word('।'));
        assert!(is_border('B', '充') && is_border('器', '2') && !is_border('充', '電') && !is_border('器', ' '));
    }

    #[test]
    fn half_width_has_its_usual_width() {
        let letters = letters();
        for expected in ["ｶ=>カ", "ｶﾞ=>ガ", "ﾊﾟ=>パ", "ﾝ=>ン", "ｰ=>ー", "ｳﾞ=>ヴ"] {
            assert!(letters.iter().any(|letter| letter == expected), "{expected}");
        }
        assert_eq!(FULL_WIDTH.chars().count(), 56);
    }

    #[test]
    fn only_long_words_without_spaces_have_pairs() {
        let pairs = |text: &str| most_pairs(&words(text)[0].whole, |pair| json!(pair));
        assert_eq!(pairs("keyboard"), None);
        assert_eq!(pairs("電話機"), None);
        let found = pairs("手机外壳").expect("pairs");
        assert_eq!(found["bool"]["should"], json!(["手机", "机外", "外壳"]));
        assert_eq!(found["bool"]["minimum_should_match"], 2);
        let long = pairs(&"本".repeat(99)).expect("pairs");
        assert_eq!(long["bool"]["should"].as_array().map(Vec::len), Some(MAX_PAIRS));
    }
}
