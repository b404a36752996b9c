//! Words and numbers that are not complete: `moorg`, `OUT-00004`.

use serde_json::{Value, json};

use crate::mapping::KIND_START;
use crate::word::{Word, code};

/// Fewest characters of a begun word.
const MIN_WORD: usize = 3;
/// Fewest of a begun number.
const MIN_NUMBER: usize = 4;
/// Longest beginning in the index, in characters.
const MAX_CHARS: usize = 15;
/// Most parts of a word that are matched one by one.
pub(crate) const MAX_PARTS: usize = 4;
/// Most names of categories that begin with a word.
pub(crate) const MAX_EXPANSIONS: usize = 20;

/// What matches a product with a word or a number that begins so.
pub(crate) fn matches(word: &Word) -> Vec<Value> {
    let mut matches = in_texts(word);
    matches.extend(in_codes(word, 1, 1));
    matches
}

/// What such a match scores: a beginning of the whole number more than that of a part, and less than a whole word.
pub(crate) fn scores(word: &Word) -> Option<Value> {
    let mut scores = in_texts(word);
    scores.extend(in_codes(word, 400, 200));
    (!scores.is_empty()).then(|| json!({ "dis_max": { "queries": scores, "boost": 10 } }))
}

/// A kind of product that begins so.
pub(crate) fn kind(word: &Word) -> Option<Value> {
    let begun = word.is_letters() && word.whole.chars().count() >= MIN_WORD;
    let query = format!("{KIND_START} {}", word.whole);
    begun.then(|| json!({ "match_phrase_prefix": { "kinds": { "query": query, "max_expansions": MAX_EXPANSIONS } } }))
}

/// What is highlighted in a name.
pub(crate) fn highlighted(word: &Word) -> Option<Value> {
    let last = word.parts.last().filter(|_| is_long(word))?;
    Some(json!({ "prefix": { "name": { "value": last } } }))
}

fn in_texts(word: &Word) -> Vec<Value> {
    if !is_long(word) {
        return Vec::new();
    }
    let whole: String = word.whole.chars().take(MAX_CHARS).collect();
    let mut matches = vec![
        json!({ "match": { "name.beginnings": { "query": whole } } }),
        json!({ "match": { "beginnings": { "query": whole } } }),
    ];
    if (2..=MAX_PARTS).contains(&word.parts.len()) {
        let parts = word.parts.join(" ");
        matches.push(json!({ "match": { "name.beginnings": { "query": parts, "operator": "and" } } }));
    }
    matches
}

fn is_long(word: &Word) -> bool {
    let least = if word.is_letters() { MIN_WORD } else { MIN_NUMBER };
    word.whole.chars().count() >= least
}

/// In SKUs and EANs, and in parts of SKUs.
fn in_codes(word: &Word, boost: u32, part_boost: u32) -> Vec<Value> {
    let prefix =
        |field: &str, begun: &str, boost: u32| json!({ "prefix": { field: { "value": begun, "boost": boost } } });
    let is_long = |begun: &str| begun.chars().count() >= MIN_NUMBER;
    if !word.whole.contains(|c: char| c.is_ascii_digit()) || !is_long(&word.whole) {
        return Vec::new();
    }
    let code = code(&word.whole);
    let whole = is_long(&code).then(|| prefix("codes", &code, boost));
    whole.into_iter().chain([prefix("code_parts", &word.whole.replace('.', ""), part_boost)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words;

    fn matching(text: &str) -> String {
        json!(words(text).iter().map(matches).collect::<Vec<_>>()).to_string()
    }

    #[test]
    fn words_begin_in_texts_and_numbers_in_codes() {
        assert_eq!(matching("moorg").matches("moorg").count(), 2);
        assert!(!matching("moorg").contains("codes"));
        assert!(matching("OUT-00004").contains(r#""codes":{"boost":1,"value":"out00004"}"#));
        assert!(matching("4038-60").contains(r#""code_parts":{"boost":1,"value":"403860"}"#));
        // Leading zeros belong to a part.
        assert!(matching("0000472").contains(r#""0000472""#) && !matching("0000472").contains(r#""codes""#));
        assert!(matching("lc-100").contains(r#""query":"lc 100""#));
    }

    #[test]
    fn short_words_begin_too_many_others() {
        for text in ["ca", "a1", "x13", "5"] {
            assert_eq!(matching(text), "[[]]", "{text}");
        }
        assert!(matching(&"x".repeat(40)).contains(&format!("\"{}\"", "x".repeat(MAX_CHARS))));
    }
}
