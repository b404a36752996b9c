//! Compares stemmers on the nouns of a catalogue: whether singular and plural get the same stem, and which other words
//! do.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use serde_json::{Value, json};

use crate::catalogue::Catalogue;
use crate::plurals::{FALSE_FRIENDS, Pair, Words, pairs, vocabulary};

/// OpenSearch makes at most 10,000 tokens of a text.
const BATCH: usize = 2_000;
/// Most examples of each kind.
const EXAMPLES: usize = 12;

/// The stem of each word.
type Stems = BTreeMap<String, String>;

/// One stemmer's results.
#[derive(Debug)]
pub struct Compared {
    /// Its name.
    pub name: String,
    /// None if the server does not have it.
    pub counts: Option<Counts>,
}

/// How often a stemmer is right.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pairs seen while tuning, and how many of them have two stems.
    pub seen: (usize, usize),
    /// The same of held-out pairs.
    pub held_out: (usize, usize),
    /// Products that a search by one form misses because only the other form is in their texts, of a thousand, on
    /// average of all pairs and both forms.
    pub missed_thousandths: usize,
    /// False friends with one stem.
    pub false_friends: Vec<String>,
    /// Pairs of words with one stem that are not the singular and plural of a noun.
    pub others: usize,
    /// Some pairs with two stems, of those seen while tuning.
    pub examples: Vec<String>,
    /// Some of the others: those that most products have.
    pub other_examples: Vec<String>,
}

/// Compares the stemmers that OpenSearch has, alone and with the exceptions of the index, and the index itself.
pub async fn compare(url: &str, alias: &str, catalogue: &Catalogue) -> Result<Vec<Compared>, Box<dyn Error>> {
    let vocabulary = vocabulary(catalogue);
    let pairs = pairs(catalogue, &vocabulary);
    let nouns = pairs.iter().flat_map(|pair| [pair.singular.as_str(), &pair.plural]);
    let friends = FALSE_FRIENDS.iter().flat_map(|(one, other)| [*one, *other]);
    let words: BTreeSet<&str> = vocabulary.keys().map(String::as_str).chain(nouns).chain(friends).collect();
    let words: Vec<&str> = words.into_iter().collect();
    let mut compared = Vec::new();
    for (name, analysis) in candidates(&exceptions(url, alias).await?) {
        let of_index = analysis["analyzer"].is_string();
        let path = if of_index { format!("{url}/{alias}/_analyze") } else { format!("{url}/_analyze") };
        let stems = stems(&path, &analysis, &words).await?;
        compared.push(Compared { name, counts: stems.map(|stems| count(&stems, &pairs, &vocabulary)) });
    }
    Ok(compared)
}

/// The filters of the index that come before its stemmer.
async fn exceptions(url: &str, alias: &str) -> Result<Vec<Value>, Box<dyn Error>> {
    let settings: Value = serde_json::from_str(&reqwest::get(format!("{url}/{alias}/_settings")).await?.text().await?)?;
    let index = settings.as_object().and_then(|indices| indices.values().next()).ok_or("no index")?;
    let filters = &index["settings"]["index"]["analysis"]["filter"];
    Ok(["irregular", "protected"].iter().map(|name| filters[*name].clone()).filter(Value::is_object).collect())
}

/// Each stemmer by its name, as `_analyze` takes it.
fn candidates(exceptions: &[Value]) -> Vec<(String, Value)> {
    let stemmer = |language: &str| json!({ "type": "stemmer", "language": language });
    let with = |before: &[Value], stemmers: &[Value]| {
        let filters: Vec<_> = [&[json!("lowercase"), json!("asciifolding")], before, stemmers].concat();
        json!({ "tokenizer": "whitespace", "filter": filters })
    };
    let languages = [
        ("KStem", "light_english"),
        ("minimal_english", "minimal_english"),
        ("plural_english", "plural_english"),
        ("Porter", "english"),
        ("Porter 2", "porter2"),
    ];
    let mut all = vec![
        ("none".to_owned(), with(&[], &[])),
        ("Hunspell en_US".to_owned(), with(&[], &[json!({ "type": "hunspell", "locale": "en_US" })])),
    ];
    for (name, language) in languages {
        all.push((name.to_owned(), with(&[], &[stemmer(language)])));
        all.push((format!("{name}, exceptions"), with(exceptions, &[stemmer(language)])));
    }
    let both = [stemmer("plural_english"), stemmer("light_english")];
    all.push(("plural_english, KStem, exc.".to_owned(), with(exceptions, &both)));
    all.push(("the index".to_owned(), json!({ "analyzer": "words" })));
    all
}

/// The stem of each word; none if the server does not have the stemmer.
async fn stems(path: &str, analysis: &Value, words: &[&str]) -> Result<Option<Stems>, Box<dyn Error>> {
    let client = reqwest::Client::new();
    let mut stems = Stems::new();
    for batch in words.chunks(BATCH) {
        let mut body = analysis.clone();
        body["text"] = json!(batch.join(" "));
        let request = client.post(path).header("content-type", "application/json").body(body.to_string());
        let response = request.send().await?;
        if response.status().is_client_error() || response.status().is_server_error() {
            return Ok(None);
        }
        let answer: Value = serde_json::from_str(&response.text().await?)?;
        let tokens = answer["tokens"].as_array().map(Vec::as_slice).unwrap_or_default();
        for token in tokens {
            // A stemmer may give a word several stems; the first one counts.
            let word = token["position"].as_u64().and_then(|at| batch.get(usize::try_from(at).ok()?));
            if let (Some(word), Some(stem)) = (word, token["token"].as_str()) {
                stems.entry((*word).to_owned()).or_insert_with(|| stem.to_owned());
            }
        }
    }
    Ok(Some(stems))
}

fn count(stems: &Stems, pairs: &[Pair], vocabulary: &Words) -> Counts {
    let mut counts = Counts::default();
    let none = BTreeSet::new();
    let products = |word: &str| vocabulary.get(word).unwrap_or(&none);
    for Pair { singular, plural, held_out } in pairs {
        let half = if *held_out { &mut counts.held_out } else { &mut counts.seen };
        half.0 += 1;
        if stems.get(singular) == stems.get(plural) {
            continue;
        }
        half.1 += 1;
        let (one, many) = (products(singular), products(plural));
        // Each form misses what only the other has; together that is what not both have.
        let either = one.union(many).count().max(1);
        counts.missed_thousandths += one.symmetric_difference(many).count() * 500 / either;
        if !held_out && counts.examples.len() < EXAMPLES {
            counts.examples.push(format!("{singular}/{plural}"));
        }
    }
    counts.missed_thousandths /= pairs.len().max(1);
    let same = |one: &str, other: &str| stems.contains_key(one) && stems.get(one) == stems.get(other);
    let friends = FALSE_FRIENDS.iter().filter(|(one, other)| same(one, other));
    counts.false_friends = friends.map(|(one, other)| format!("{one}/{other}")).collect();
    let others = others(stems, pairs, vocabulary);
    counts.others = others.len();
    counts.other_examples = others.into_iter().take(EXAMPLES).map(|(one, other)| format!("{one}/{other}")).collect();
    counts
}

/// Words of the catalogue with one stem that are not singular and plural; first those that most products have.
fn others<'a>(stems: &'a Stems, pairs: &[Pair], vocabulary: &Words) -> Vec<(&'a str, &'a str)> {
    let nouns: BTreeSet<(&str, &str)> =
        pairs.iter().flat_map(|pair| [(&*pair.singular, &*pair.plural), (&*pair.plural, &*pair.singular)]).collect();
    let mut classes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (word, stem) in stems.iter().filter(|(word, _)| vocabulary.contains_key(*word)) {
        classes.entry(stem).or_default().push(word);
    }
    let mut others = Vec::new();
    for class in classes.values() {
        for (at, one) in class.iter().enumerate() {
            others.extend(class[at + 1..].iter().map(|other| (*one, *other)).filter(|pair| !nouns.contains(pair)));
        }
    }
    let frequency = |word: &str| vocabulary.get(word).map_or(0, BTreeSet::len);
    others.sort_by_key(|(one, other)| std::cmp::Reverse(frequency(one).min(frequency(other))));
    others
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_pairs_and_merged_words_are_counted() {
        let stems = [("cord", "cord"), ("cords", "cords"), ("lamp", "lamp"), ("lamps", "lamp"), ("lamping", "lamp")];
        let stems: Stems = stems.iter().map(|(word, stem)| ((*word).to_owned(), (*stem).to_owned())).collect();
        let pair = |singular: &str, plural: &str, held_out| Pair {
            singular: singular.to_owned(),
            plural: plural.to_owned(),
            held_out,
        };
        let pairs = [pair("cord", "cords", false), pair("lamp", "lamps", true)];
        let products = [
            ("cord", vec![1, 2, 3]),
            ("cords", vec![3, 4]),
            ("lamp", vec![5]),
            ("lamps", vec![5]),
            ("lamping", vec![6]),
        ];
        let vocabulary: Words =
            products.into_iter().map(|(word, numbers)| (word.to_owned(), numbers.into_iter().collect())).collect();
        let counts = count(&stems, &pairs, &vocabulary);
        assert_eq!((counts.seen, counts.held_out, counts.others), ((1, 1), (1, 0), 2));
        assert_eq!(counts.missed_thousandths, 187); // of cord(s), 3 of 4 products are missed by one form
        assert_eq!((counts.examples.join(" "), counts.false_friends.len()), ("cord/cords".to_owned(), 0));
    }
}
