//! Builds the query of a text search from its words: what must match, and what each match scores.

use serde_json::{Value, json};

use crate::begun;
use crate::head::follows_head;
use crate::mapping::{KIND_END, KIND_START, WEAK_KIND};
use crate::numbers;
use crate::scripts;
use crate::spelling::Corrections;
use crate::synonyms::Synonyms;
use crate::word::{Word, code};

/// Most words of a product kind (`usb flash drives`).
const MAX_KIND_WORDS: usize = 4;
/// Most ways to write one word, in a search of a few words and in one of many: OpenSearch takes 1,024 clauses.
const MAX_VARIANTS: usize = 8;
const MAX_VARIANTS_OF_MANY: usize = 5;
/// A search of at most so many words has few.
const FEW_WORDS: usize = 8;
/// Most names of kinds for one span of words.
const MAX_KIND_NAMES: usize = 4;
/// The score of an article number that equals the whole text: more than any other match.
const CODE_BOOST: usize = 1_000_000;
/// The score of an article number that equals a part of the text: less than that of the whole text only.
const PART_CODE_BOOST: usize = CODE_BOOST / 2;
/// The score of each word of a product kind; a word that matches the name scores some 300 to 3,000.
const KIND_BOOST: usize = 2_000;
/// The score of a product whose name says that it is what the text asks for.
const HEAD_BOOST: usize = 600;
/// And if the name qualifies it as the text does: a laptop case.
const QUALIFIED_HEAD_BOOST: usize = 2_400;
/// Most nouns before the head noun of the text that may qualify it.
const MAX_QUALIFIERS: usize = 3;

/// The words of a search, and how many of them must match.
pub(crate) struct QueryBuilder<'a> {
    pub(crate) words: &'a [Word],
    pub(crate) corrections: &'a Corrections,
    pub(crate) synonyms: &'a Synonyms,
    /// How many of the required words must match.
    pub(crate) matching: usize,
    pub(crate) step: Step,
}

/// The step of a search: what counts as a match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Step {
    /// Whole words.
    #[default]
    Words,
    /// Words and numbers that begin so, too.
    Beginnings,
    /// One of the numbers, whatever stands beside it.
    Number,
}

/// Another way to write a word, and its weight in tenths.
struct Variant {
    text: String,
    tenths: u32,
}

/// Different ways to write a word.
struct Variants(Vec<Variant>);

impl Variants {
    fn add(&mut self, text: &str, tenths: u32) {
        if self.0.iter().all(|known| known.text != text) {
            self.0.push(Variant { text: text.to_owned(), tenths });
        }
    }

    fn add_all(&mut self, texts: &[String], tenths: u32) {
        for text in texts {
            self.add(text, tenths);
        }
    }
}

impl QueryBuilder<'_> {
    /// What a product must match: enough of the words, anywhere in its texts, or the article number.
    pub(crate) fn filter(&self) -> Value {
        let is_number_step = self.step == Step::Number;
        let counts = |word: &Word| if is_number_step { word.number } else { word.required };
        let counting = self.words.iter().enumerate().filter(|(_, word)| counts(word));
        let words: Vec<_> = counting.map(|(at, _)| any(&self.word_matches(at))).collect();
        if words.is_empty() {
            return self.code_matches(); // a query without clauses would match everything
        }
        let matching = if is_number_step { 1 } else { self.matching };
        let enough = json!({ "bool": { "should": words, "minimum_should_match": matching } });
        any(&[self.code_matches(), enough])
    }

    /// Whether a required word may be the beginning of another.
    pub(crate) fn can_begin(&self) -> bool {
        self.words.iter().any(|word| word.required && !begun::matches(word).is_empty())
    }

    /// Whether a word is probably a number that decides alone.
    pub(crate) fn has_number(&self) -> bool {
        self.words.iter().any(|word| word.number) || !numbers::loose_codes(self.words).is_empty()
    }

    /// The whole text or a number in it is an article number.
    fn code_matches(&self) -> Value {
        let mut codes = numbers::codes(self.words);
        codes.insert(self.code());
        if self.step == Step::Number {
            codes.extend(numbers::loose_codes(self.words));
        }
        json!({ "terms": { "codes": codes } })
    }

    /// Everything that counts as a match of this word.
    fn word_matches(&self, at: usize) -> Vec<Value> {
        let word = &self.words[at];
        let mut matches: Vec<_> = self.variants(at).iter().map(|variant| phrase("all", &variant.text)).collect();
        matches.extend(joined_in_name(word, 1));
        matches.extend(scripts::most_pairs(&word.whole, |pair| phrase("all", pair)));
        if !word.is_letters() {
            matches.push(json!({ "term": { "codes": code(&word.whole) } }));
        }
        if self.step != Step::Words {
            matches.extend(begun::matches(word));
        }
        matches
    }

    /// What a match scores: each word by its best field and variant, words together, the kind of product, the article
    /// number.
    pub(crate) fn scores(&self) -> Vec<Value> {
        let mut scores: Vec<_> = (0..self.words.len()).map(|at| self.word_score(at)).collect();
        if self.words.len() > 1 {
            let text = joined(self.words.iter().map(|word| match word.parts.len() {
                1 => self.corrected(word).to_owned(),
                _ => word.parts.join(" "),
            }));
            scores.push(json!({ "match_phrase": { "name": { "query": text, "slop": 3, "boost": 100 } } }));
        }
        // As typed, rather than in the plural or within a code: batteries AA, not AH547AA.
        let typed = joined(
            self.words.iter().map(|word| self.corrections.get(&word.whole).map_or(&word.typed, |meant| &meant[0])),
        );
        scores.push(json!({ "match": { "name.exact": { "query": typed, "boost": 60 } } }));
        scores.push(self.kinds());
        // When words are given up, the last one may be what nobody has.
        if self.matching == self.words.iter().filter(|word| word.required).count() {
            scores.push(self.heads());
        }
        scores.push(constant(&json!({ "term": { "codes": self.code() } }), CODE_BOOST));
        let mut codes = numbers::codes(self.words);
        codes.extend(numbers::loose_codes(self.words));
        if !codes.is_empty() {
            scores.push(constant(&json!({ "terms": { "codes": codes } }), PART_CODE_BOOST));
        }
        if self.step != Step::Words {
            scores.extend(self.words.iter().filter_map(begun::scores));
            scores.extend(self.words.last().and_then(begun::kind).map(|kind| constant(&kind, KIND_BOOST / 2)));
        }
        scores
    }

    /// The queries whose matches are highlighted in a name: each word in all its variants.
    pub(crate) fn highlighted(&self) -> Vec<Value> {
        let variants = (0..self.words.len()).flat_map(|at| self.variants(at));
        let mut queries: Vec<_> = variants.map(|variant| phrase("name", &variant.text)).collect();
        if self.step != Step::Words {
            queries.extend(self.words.iter().filter_map(begun::highlighted));
        }
        queries
    }

    /// The corrected text; none if nothing was corrected.
    pub(crate) fn did_you_mean(&self) -> Option<String> {
        let mut words = Vec::new();
        let mut corrected = false;
        let mut at = 0;
        while let Some(word) = self.words.get(at) {
            let both = self.words.get(at + 1).map(|next| format!("{}{}", word.whole, next.whole));
            // key bord: keyboard, rather than key board
            if let Some(meant) = both.and_then(|both| self.corrections.get(&both)) {
                words.extend(meant.first().cloned());
                (at, corrected) = (at + 2, true);
                continue;
            }
            let meant = self.corrections.get(&word.whole).and_then(|meant| meant.first());
            corrected |= meant.is_some();
            words.push(meant.unwrap_or(&word.typed).clone());
            at += 1;
        }
        corrected.then(|| words.join(" "))
    }

    fn word_score(&self, at: usize) -> Value {
        let (mut ways, mut categories) = (Vec::new(), Vec::new());
        for Variant { text, tenths } in self.variants(at) {
            let field = |name: &str, percent: u32| json!({ "match_phrase": { name: { "query": text, "boost": percent * tenths / 10 } } });
            ways.push(field("name", 300));
            ways.push(field("brand", 250));
            ways.push(field("attribute_text", 60));
            ways.push(field("description", 50));
            categories.push(field("category_names", 100));
        }
        ways.extend(joined_in_name(&self.words[at], 250));
        let pair = |pair: &str| json!({ "match_phrase": { "name": { "query": pair, "boost": 50 } } });
        ways.extend(scripts::most_pairs(&self.words[at].whole, pair));
        let best = json!({ "dis_max": { "queries": ways, "tie_breaker": 0.2 } });
        json!({ "bool": { "should": [best, { "dis_max": { "queries": categories } }] } })
    }

    /// A search that names a kind of product, in all its words or in some, means that kind; most of all where English
    /// places the head of a noun phrase: a notebook bag is a bag.
    fn kinds(&self) -> Value {
        let head = self.head();
        let mut kinds = Vec::new();
        for first in 0..self.words.len() {
            for last in first..self.words.len().min(first + MAX_KIND_WORDS) {
                let words = last - first + 1;
                let (own, synonyms) = self.kind_names(first, last);
                if last == head {
                    kinds.extend(kinds_at_head(&own, KIND_BOOST * words));
                    kinds.extend(kinds_at_head(&synonyms, KIND_BOOST * words / 2));
                } else {
                    kinds.push(constant(&any_kind(&[own, synonyms].concat(), kind), KIND_BOOST * 4 / 10));
                }
            }
        }
        // usb c cable: a usb cable
        for word in self.words.iter().take(head.saturating_sub(1)) {
            let name = joined([word, &self.words[head]].into_iter().map(|word| self.corrected(word)));
            kinds.push(constant(&kind(&name), KIND_BOOST * 2));
        }
        json!({ "dis_max": { "queries": kinds } })
    }

    /// The word that says what is searched for: the last one, or the last one before *for*, *with*, …
    fn head(&self) -> usize {
        let end = self.words.iter().skip(1).position(|word| !word.required).map_or(self.words.len(), |at| at + 1);
        self.words[..end].iter().rposition(|word| !follows_head(&word.whole)).unwrap_or(end.saturating_sub(1))
    }

    /// A product whose name says that it is what is searched for: a keyboard, not the cover of one.
    fn heads(&self) -> Value {
        let head = self.head();
        let mut ways = Vec::new();
        for Variant { text, tenths } in self.variants(head) {
            ways.push(constant(&head_ending(&text), HEAD_BOOST * tenths as usize / 10));
        }
        // laptop case, case for laptop, and notebook case
        let noun = self.corrected(&self.words[head]);
        let before = self.words[..head].iter().rev().take(MAX_QUALIFIERS);
        let after = self.words[head + 1..].iter().rev().filter(|word| word.required).take(1);
        for word in before.chain(after).filter(|word| word.required) {
            let synonyms = self.synonyms.of(&word.whole).iter().map(String::as_str).take(1);
            let qualified: Vec<_> = [self.corrected(word)]
                .into_iter()
                .chain(synonyms)
                .map(|word| head_ending(&format!("{word} {noun}")))
                .collect();
            ways.push(constant(&any(&qualified), QUALIFIED_HEAD_BOOST));
        }
        json!({ "dis_max": { "queries": ways } })
    }

    /// The names of kinds that a span of words may mean, and their synonyms.
    fn kind_names(&self, first: usize, last: usize) -> (Vec<String>, Vec<String>) {
        let span = &self.words[first..=last];
        let mut names = vec![joined(span.iter().map(|word| word.whole.as_str()))];
        if first == last {
            // Corrections and synonyms first: there is a limit, and parts of codes rarely name a kind.
            names.extend(self.corrections.get(&names[0]).into_iter().flatten().cloned());
            names.extend(self.synonyms.of(&names[0]).iter().cloned());
            names.extend(self.variants(first).into_iter().map(|variant| variant.text));
        } else {
            names.push(joined(span.iter().map(|word| self.corrected(word))));
        }
        let synonyms: Vec<_> = names.iter().flat_map(|name| self.synonyms.of(name)).cloned().collect();
        let mut different: Vec<String> = Vec::new();
        for name in names.into_iter().chain(synonyms) {
            if different.len() < MAX_KIND_NAMES && !different.contains(&name) {
                different.push(name);
            }
        }
        let known = different.clone();
        let of_earlier = |at: usize| known[..at].iter().any(|name| self.synonyms.of(name).contains(&known[at]));
        let (own, synonyms): (Vec<_>, Vec<_>) = different.into_iter().enumerate().partition(|(at, _)| !of_earlier(*at));
        let names = |numbered: Vec<(usize, String)>| numbered.into_iter().map(|(_, name)| name).collect();
        (names(own), names(synonyms))
    }

    /// The word, or its most likely correction.
    fn corrected<'a>(&'a self, word: &'a Word) -> &'a str {
        self.corrections.get(&word.whole).and_then(|meant| meant.first()).unwrap_or(&word.whole)
    }

    /// The word as it is, in parts, joined with its neighbours, corrected, and its synonyms: the most important first,
    /// because their number is limited.
    fn variants(&self, at: usize) -> Vec<Variant> {
        let word = &self.words[at];
        let mut variants = Variants(Vec::new());
        // A single letter or digit matches only beside its neighbour: usb c, size s, series 3.
        let alone = self.words.len() > 1 && word.whole.chars().count() == 1;
        if !alone {
            variants.add(&word.whole, 10);
            variants.add(&word.parts.join(" "), 10);
        }
        let neighbours = [at.checked_sub(1), Some(at)].into_iter().flatten();
        let pairs: Vec<_> = neighbours.filter_map(|first| self.words.get(first..first + 2)).collect();
        let corrected = |text: &str| self.corrections.get(text).map(Vec::as_slice).unwrap_or_default();
        for pair in &pairs {
            let joined = format!("{}{}", pair[0].whole, pair[1].whole);
            variants.add_all(corrected(&joined), 7);
            variants.add(&joined, 10);
            if alone {
                variants.add(&format!("{} {}", pair[0].whole, pair[1].whole), 10);
            }
        }
        variants.add_all(corrected(&word.whole), 7);
        variants.add_all(self.synonyms.of(&word.whole), 8);
        // AIR-INTAKE: air intake
        variants.add_all(self.synonyms.of(&word.parts.join(" ")), 8);
        for pair in &pairs {
            // Half, because both words of the pair count it.
            variants.add_all(self.synonyms.of(&format!("{} {}", pair[0].whole, pair[1].whole)), 4);
        }
        for words in 3..=MAX_KIND_WORDS {
            let spans = (0..words).filter_map(|before| self.words.get(at.checked_sub(before)?..at + words - before));
            for span in spans {
                variants.add_all(self.synonyms.of(&joined(span.iter().map(|word| word.whole.as_str()))), 8);
            }
        }
        for text in corrected(&word.whole) {
            variants.add_all(self.synonyms.of(text), 6);
        }
        variants.0.truncate(if self.words.len() <= FEW_WORDS { MAX_VARIANTS } else { MAX_VARIANTS_OF_MANY });
        variants.0
    }

    /// The whole text as an article number.
    fn code(&self) -> String {
        code(&self.words.iter().map(|word| word.whole.as_str()).collect::<String>())
    }
}

/// note book in the name, for notebook; Redmo Note 13, for redmonote13
fn joined_in_name(word: &Word, boost: u32) -> Option<Value> {
    let joinable = word.whole.contains(char::is_alphabetic) && word.whole.chars().count() >= 4;
    joinable.then(|| json!({ "match": { "name.joined": { "query": word.whole, "boost": boost } } }))
}

fn joined<S: AsRef<str>>(words: impl Iterator<Item = S>) -> String {
    words.fold(
        String::new(),
        |text, word| if text.is_empty() { word.as_ref().to_owned() } else { text + " " + word.as_ref() },
    )
}

fn any(queries: &[Value]) -> Value {
    json!({ "bool": { "should": queries, "minimum_should_match": 1 } })
}

fn phrase(field: &str, text: &str) -> Value {
    json!({ "match_phrase": { field: { "query": text } } })
}

fn any_kind(names: &[String], of: fn(&str) -> Value) -> Value {
    any(&names.iter().map(|name| of(name)).collect::<Vec<_>>())
}

/// Products of these kinds: exactly, by a name that ends or begins with it, and by one of several names.
fn kinds_at_head(names: &[String], boost: usize) -> Vec<Value> {
    if names.is_empty() {
        return Vec::new();
    }
    vec![
        constant(&any_kind(names, kind), boost),
        // phone: mobile phones, rather than phone cases. toner: toner cartridges.
        constant(&any_kind(names, kind_ending), boost / 2),
        constant(&any_kind(names, kind_starting), boost / 5),
        constant(&any_kind(names, weak_kind), boost * 9 / 10),
    ]
}

/// Products of exactly that kind.
fn kind(name: &str) -> Value {
    phrase("kinds", &format!("{KIND_START} {name} {KIND_END}"))
}

fn kind_ending(name: &str) -> Value {
    phrase("kinds", &format!("{name} {KIND_END}"))
}

fn kind_starting(name: &str) -> Value {
    phrase("kinds", &format!("{KIND_START} {name}"))
}

/// Products in a category of several names, of which this is one.
fn weak_kind(name: &str) -> Value {
    phrase("kinds", &format!("{WEAK_KIND} {name} {WEAK_KIND}"))
}

/// Products that are this thing by their name.
fn head_ending(name: &str) -> Value {
    phrase("heads", &format!("{name} {KIND_END}"))
}

fn constant(filter: &Value, boost: usize) -> Value {
    json!({ "constant_score": { "filter": filter, "boost": boost } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words;

    fn with<T>(text: &str, matching: usize, read: impl FnOnce(&QueryBuilder<'_>) -> T) -> T {
        let corrections = [("prniter", "printer"), ("keybord", "keyboard")];
        let corrections = corrections.map(|(from, to)| (from.to_owned(), vec![to.to_owned()])).into();
        let (words, synonyms) = (words(text), Synonyms::default());
        let step = Step::Words;
        read(&QueryBuilder { words: &words, corrections: &corrections, synonyms: &synonyms, matching, step })
    }

    /// The part of the query that decides what matches.
    fn filter(text: &str, matching: usize) -> Value {
        with(text, matching, |text| text.filter()["bool"]["should"][1]["bool"].clone())
    }

    #[test]
    fn stop_words_are_not_required() {
        let filter = filter("case for the phone", 2);
        assert_eq!(filter["minimum_should_match"], 2);
        assert_eq!(filter["should"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn corrections_and_joined_words_match_too() {
        let filter = filter("prniter usb c", 3);
        let matches = |at: usize| filter["should"][at].to_string();
        assert!(matches(0).contains(r#""prniter""#) && matches(0).contains(r#""printer""#));
        assert!(matches(1).contains(r#""usb""#) && matches(1).contains(r#""usbc""#));
        // a letter only counts beside its neighbour
        assert!(
            !matches(2).contains(r#""c""#) && matches(2).contains(r#""usb c""#) && matches(2).contains(r#""usbc""#)
        );
    }

    #[test]
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method itself does not fit every lifetime")]
    fn the_corrected_text_keeps_the_other_words() {
        let meant = |text| with(text, 1, |text| text.did_you_mean());
        assert_eq!(meant("USB-C prniter"), Some("usb-c printer".to_owned()));
        assert_eq!(meant("key bord logitech"), Some("keyboard logitech".to_owned()));
        assert_eq!(meant("printer"), None);
    }

    /// OpenSearch refuses more than 1,024 clauses, and a shopper must not be able to send so many.
    #[test]
    fn the_worst_text_has_a_bounded_number_of_clauses() {
        fn leaves(query: &Value) -> usize {
            match query {
                Value::Object(members) if members.contains_key("terms") => {
                    members["terms"]["codes"].as_array().map_or(0, Vec::len)
                }
                Value::Object(members) if members.contains_key("match_phrase_prefix") => begun::MAX_EXPANSIONS,
                Value::Object(members) if query["match"]["name.beginnings"]["operator"] == "and" => begun::MAX_PARTS,
                Value::Object(members)
                    if ["match", "match_phrase", "prefix", "term"].iter().any(|leaf| members.contains_key(*leaf)) =>
                {
                    1
                }
                Value::Object(members) => members.values().map(leaves).sum(),
                Value::Array(list) => list.iter().map(leaves).sum(),
                _ => 0,
            }
        }
        // Every word and every pair is misspelt three ways, and each correction has the most synonyms there may be.
        let text =
            (b'a'..=b'z').map(|b| format!("{}1", char::from(b).to_string().repeat(6))).collect::<Vec<_>>().join(" ");
        let texts = [
            text.clone(),
            text.replace('1', ""),
            text.split(' ').take(8).collect::<Vec<_>>().join(" ").replace('1', ""),
            ["本".repeat(15).as_str(); 12].join(" "),
            "本a".repeat(99),
        ];
        for text in texts {
            let words = words(&text);
            let group = |word: String| {
                (0..8).map(|n| if n == 0 { word.clone() } else { format!("{word} other {n}") }).collect::<Vec<_>>()
            };
            let three = |word: &str| (0..3).map(|n| format!("{word}meant{n}")).collect::<Vec<_>>();
            let pairs = words.windows(2).map(|pair| format!("{}{}", pair[0].whole, pair[1].whole));
            let candidates: Vec<_> = words.iter().map(|word| word.whole.clone()).chain(pairs).collect();
            let corrections: Corrections = candidates.iter().map(|word| (word.clone(), three(word))).collect();
            let groups: Vec<_> =
                candidates.iter().flat_map(|word| three(word)).chain(candidates.clone()).map(group).collect();
            let groups = souk_domain::synonyms::SynonymGroups::new(&groups).expect("good");
            let synonyms = Synonyms::from(&groups);
            for step in [Step::Words, Step::Beginnings, Step::Number] {
                // All words are required: a relaxed search has fewer clauses.
                let (corrections, synonyms, matching) = (&corrections, &synonyms, words.len());
                let builder = QueryBuilder { words: &words, corrections, synonyms, matching, step };
                let clauses = leaves(&builder.filter()) + builder.scores().iter().map(leaves).sum::<usize>();
                assert!(clauses < 1_000, "{clauses} for {} words, {step:?}", words.len());
            }
        }
    }
}
