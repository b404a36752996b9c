//! Corrections of misspelt words, from the words of the catalogue.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::word::Word;

/// Most corrections that are tried for one word.
const MAX_CORRECTIONS: usize = 3;
/// Shortest word that is corrected, in characters.
const MIN_CHARS: usize = 3;

/// The corrections of each misspelt word, most likely first.
pub(crate) type Corrections = HashMap<String, Vec<String>>;

/// OpenSearch's suggestions for one word.
#[derive(Debug, Deserialize)]
pub(crate) struct WordSuggestions {
    /// The word as it was compared: folded to ASCII where possible.
    text: String,
    options: Vec<SuggestedWord>,
}

#[derive(Debug, Deserialize)]
struct SuggestedWord {
    text: String,
    /// In how many products.
    freq: u64,
}

/// The words to correct: each word, and each two neighbours as one (`key bord`). Words with digits are not corrected, nor
/// are labels of numbers (`ean`).
pub(crate) fn candidates(words: &[Word]) -> Vec<String> {
    let correctable = |word: &&Word| word.is_letters() && !word.label;
    let single = words.iter().filter(correctable).map(|word| word.whole.clone());
    // Not with a stop word or a last letter: "c from" would become "from", and "programming c" "programming".
    let both = words.windows(2).filter(|pair| {
        pair.iter().all(|word| correctable(&word) && word.required) && pair[1].whole.chars().count() > 1
    });
    let joined = both.map(|pair| format!("{}{}", pair[0].whole, pair[1].whole));
    single.chain(joined).filter(|word| word.chars().count() >= MIN_CHARS).collect()
}

/// The request for corrections. Any letter may be wrong, the first one too. Only words that hardly any product has are
/// compared, because that walks the whole dictionary.
pub(crate) fn request(candidates: &[String]) -> Value {
    json!({
        "size": 0,
        "query": { "match_none": {} },
        "suggest": { "words": {
            "text": candidates.join(" "),
            "term": {
                "field": "spelling", "analyzer": "spelling_asked", "suggest_mode": "popular",
                "prefix_length": 0, "min_word_length": MIN_CHARS, "max_edits": 2, "size": 10, "max_term_freq": 0.0002,
            },
        } },
    })
}

/// Selects from the suggestions for each candidate: the nearest words, and of those the most frequent.
pub(crate) fn select(candidates: &[String], suggested: Vec<WordSuggestions>) -> Corrections {
    let mut corrections = Corrections::new();
    for (word, suggested) in candidates.iter().zip(suggested) {
        let allowed = allowed_edits(&suggested.text);
        let near = suggested.options.into_iter().map(|option| (edits(&suggested.text, &option.text), option));
        let mut near: Vec<_> = near.filter(|(edits, _)| *edits <= allowed).collect();
        near.sort_by_key(|(edits, option)| (*edits, Reverse(option.freq)));
        let fewest = near.first().map_or(0, |(edits, _)| *edits);
        let nearest = near.into_iter().take_while(|(edits, _)| *edits == fewest).take(MAX_CORRECTIONS);
        let nearest: Vec<_> = nearest.map(|(_, option)| option.text).collect();
        if !nearest.is_empty() {
            corrections.insert(word.clone(), nearest);
        }
    }
    corrections
}

/// Edits at which a word still counts as misspelt: OpenSearch's `AUTO`.
pub(crate) fn allowed_edits(word: &str) -> usize {
    match word.chars().count() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

/// Letters to insert, remove, replace or swap with their neighbour (optimal string alignment).
pub(crate) fn edits(from: &str, to: &str) -> usize {
    edits_to_prefixes(from, to).last().copied().unwrap_or_default()
}

/// The same, to the nearest prefix of the other word.
pub(crate) fn edits_to_prefix(from: &str, to: &str) -> usize {
    edits_to_prefixes(from, to).into_iter().min().unwrap_or_default()
}

/// To each prefix, from the empty one to the whole word.
fn edits_to_prefixes(from: &str, to: &str) -> Vec<usize> {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for i in 1..=from.len() {
        let mut row = vec![i; to.len() + 1];
        for j in 1..=to.len() {
            let replaced = above[j - 1] + usize::from(from[i - 1] != to[j - 1]);
            row[j] = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words;

    #[test]
    fn edits_are_counted() {
        for (from, to, expected) in
            [("printer", "printer", 0), ("prniter", "printer", 1), ("rinter", "printer", 1), ("lptpo", "laptop", 2)]
        {
            assert_eq!(edits(from, to), expected, "{from} {to}");
        }
    }

    #[test]
    fn the_nearest_prefix_counts() {
        for (from, to, expected) in [
            ("prin", "printer", 0),
            ("prnit", "printer", 1),
            ("rin", "printer", 1),
            ("xyz", "printer", 3),
            ("", "a", 0),
        ] {
            assert_eq!(edits_to_prefix(from, to), expected, "{from} {to}");
        }
    }

    #[test]
    fn model_numbers_are_not_corrected() {
        assert_eq!(candidates(&words("key bord k120")), ["key", "bord", "keybord"]);
        assert_eq!(candidates(&words("programming c from scratch")), ["programming", "from", "scratch"]);
        assert_eq!(candidates(&words("part no OUT-0000472 blue")), ["blue"]);
    }

    #[test]
    fn the_nearest_and_most_frequent_are_select() {
        let option = |text: &str, freq| SuggestedWord { text: text.to_owned(), freq };
        let options = vec![option("painter", 9), option("winter", 3), option("printer", 400), option("linter", 5)];
        let suggested = vec![WordSuggestions { text: "lrinter".to_owned(), options }];
        let corrections = select(&["lrinter".to_owned()], suggested);
        assert_eq!(corrections["lrinter"], ["printer", "linter"]);
        let suggested = vec![WordSuggestions {
            text: "mose".to_owned(),
            options: vec![option("hose", 1), option("mouse", 50), option("mosel", 2), option("nosed", 9)],
        }];
        assert_eq!(select(&["mose".to_owned()], suggested)["mose"], ["mouse", "mosel", "hose"]);
    }
}
