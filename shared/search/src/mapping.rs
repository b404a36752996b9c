//! The settings and mapping of the index: how texts are analysed, and which fields there are.

use serde_json::{Value, json};

use crate::{plurals, scripts};

/// Numbers the mappings. Another mapping is another index (`products-v5`), filled beside the live one and then swapped
/// behind the alias.
pub(crate) const VERSION: u32 = 4;

/// Set explicitly, because an index with the default does not refresh while it is not searched.
pub(crate) const REFRESH_INTERVAL: &str = "1s";
/// Mark the start and the end of a product kind in the field `kinds`, so that a phrase query matches exactly that kind.
/// Letters only, and not a word.
pub(crate) const KIND_START: &str = "kindstart";
pub(crate) const KIND_END: &str = "kindend";
/// Marks both ends of a kind that is only one of several names of the category, and that the product's name does not
/// mention.
pub(crate) const WEAK_KIND: &str = "weakkind";

/// The body of the request that creates the index with its alias.
///
/// Fields are fixed: catalogues have thousands of attribute names, and a field for each would break the cluster. So
/// attributes are keywords of name and value for filters and facets, and plain text for searches.
pub(crate) fn index_body(alias: &str, shards: u32) -> Value {
    json!({
        "aliases": { alias: {} },
        "settings": {
            "number_of_shards": shards,
            // A second node gets a replica, a single node does not wait for one.
            "auto_expand_replicas": "0-1",
            "refresh_interval": REFRESH_INTERVAL,
            // How long the version of a deleted document is kept, so that a late, older write does not restore the
            // product.
            "gc_deletes": "1h",
            "max_result_window": crate::query::MAX_DEPTH,
            "analysis": analysis(),
        },
        "mappings": { "dynamic": false, "properties": properties() },
    })
}

fn analysis() -> Value {
    let folded = ["lowercase_greek", "asciifolding", "arabic_normalization", "persian_normalization", "decimal_digit"];
    // Before anything else: what is removed or replaced must not separate words.
    let characters = |more: &[&'static str]| [&["marks", "letters", "sharp", "plusplus", "dotnet"], more].concat();
    let filters = |before: &[&'static str], after: &[&'static str]| [before, &folded, after].concat();
    let singular = ["irregular", "protected", "plurals"];
    json!({
        "char_filter": {
            "marks": { "type": "pattern_replace", "pattern": scripts::marks_pattern(), "replacement": "" },
            "letters": { "type": "mapping", "mappings": scripts::letters() },
            // Characters of scripts without spaces are words of their own, found beside each other.
            "spaceless": { "type": "pattern_replace", "pattern": scripts::spaceless_pattern(), "replacement": " $1$2" },
            // For fields in which words without spaces stay whole.
            "borders": { "type": "pattern_replace", "pattern": scripts::borders_pattern(), "replacement": " $1$2" },
            // 27" is 27 inch.
            "inches": { "type": "pattern_replace", "pattern": "(\\d)\\s?(?:\"|″|”|'')", "replacement": "$1 inch " },
            // 5.5 stays one number: 1.5 m is not 5 m. In J9900.001 the point only separates.
            "dots": {
                "type": "pattern_replace",
                "pattern": "(?<!\\d)\\.|\\.(?!\\d)|(?<=\\p{L}\\d{2,10})\\.",
                "replacement": " ",
            },
            // As `quotes::spelt_out` does with search texts.
            "sharp": {
                "type": "pattern_replace", "pattern": "(?i)(?<![\\p{L}\\p{N}])([a-z])#", "replacement": " $1sharp ",
            },
            "plusplus": {
                "type": "pattern_replace",
                "pattern": "(?i)(?<![\\p{L}\\p{N}])([a-z])\\+\\+(?!\\+)",
                "replacement": " $1plusplus ",
            },
            "dotnet": {
                "type": "pattern_replace",
                "pattern": "(?i)(?<![\\p{L}\\p{N}])\\.net(?![\\p{L}\\p{N}])",
                "replacement": " dotnet ",
            },
            "symbols": { "type": "pattern_replace", "pattern": "[^\\p{L}\\p{M}\\p{N}.]+", "replacement": " " },
        },
        "filter": {
            // LC-1000XL: lc, 1000, xl and lc1000xl. LaserJet: laser, jet and laserjet.
            "parts": { "type": "word_delimiter_graph", "catenate_all": true, "type_table": [". => DIGIT"] },
            // Also makes the final sigma a sigma, and removes Greek accents. As `lowercase` for other scripts.
            "lowercase_greek": { "type": "lowercase", "language": "greek" },
            "irregular": { "type": "stemmer_override", "rules": plurals::IRREGULAR },
            "protected": { "type": "keyword_marker", "keywords_pattern": plurals::protected_pattern() },
            "plurals": { "type": "stemmer", "language": "plural_english" },
            // note book: notebook. Redmo Note 13: redmonote13.
            "joined": {
                "type": "shingle", "min_shingle_size": 2, "max_shingle_size": 3,
                "output_unigrams": false, "token_separator": "", "filler_token": "",
            },
            "words": { "type": "length", "min": 3, "max": 30 },
            "beginnings": { "type": "edge_ngram", "min_gram": 1, "max_gram": 15 },
        },
        "normalizer": {
            "folded": { "type": "custom", "filter": ["lowercase", "asciifolding"] },
        },
        "analyzer": {
            "text": {
                "type": "custom", "char_filter": characters(&["spaceless", "inches", "dots"]), "tokenizer": "whitespace",
                "filter": filters(&["parts", "flatten_graph"], &singular),
            },
            // Search texts, which are split into words before they are sent, and kinds.
            "words": {
                "type": "custom", "char_filter": characters(&["spaceless"]), "tokenizer": "whitespace",
                "filter": filters(&[], &singular),
            },
            "joined": {
                "type": "custom", "char_filter": characters(&["borders", "inches", "dots", "symbols"]), "tokenizer": "whitespace",
                "filter": filters(&[], &["joined", "irregular", "protected", "plurals"]),
            },
            // Words as they are written, for corrections. No numbers: a model number must not be corrected into
            // another.
            "spelling": {
                "type": "custom", "char_filter": characters(&[]), "tokenizer": "letter",
                "filter": filters(&[], &["words"]),
            },
            "spelling_asked": {
                "type": "custom", "char_filter": characters(&[]), "tokenizer": "whitespace", "filter": filters(&[], &[]),
            },
            "beginnings": {
                "type": "custom", "char_filter": characters(&["borders", "inches", "dots", "symbols"]), "tokenizer": "whitespace",
                "filter": filters(&[], &["beginnings"]),
            },
            // Words as they are written, neither split nor stemmed.
            "exact": {
                "type": "custom", "char_filter": characters(&["borders", "inches", "dots", "symbols"]), "tokenizer": "whitespace",
                "filter": filters(&[], &[]),
            },
        },
    })
}

fn properties() -> Value {
    let text = |copy_to: &[&str]| {
        let copies: Vec<_> = copy_to.iter().map(|field| json!(field)).collect();
        json!({ "type": "text", "analyzer": "text", "search_analyzer": "words", "copy_to": copies })
    };
    let mut name = text(&["all", "spelling"]);
    name["fields"] = json!({
        "exact": { "type": "text", "analyzer": "exact", "norms": false, "index_options": "docs" },
        "joined": {
            "type": "text", "analyzer": "joined", "search_analyzer": "words", "norms": false, "index_options": "docs",
        },
        "beginnings": {
            "type": "text", "analyzer": "beginnings", "search_analyzer": "exact", "norms": false, "index_options": "docs",
        },
    });
    json!({
        "product_id": { "type": "keyword" },
        // SKU and EANs, without punctuation and leading zeros.
        "codes": { "type": "keyword", "norms": false },
        // The SKU from each of its parts on.
        "code_parts": { "type": "keyword", "norms": false },
        "name": name,
        // The collation key of the name, see `sort_key.rs`.
        "name_sort": { "type": "keyword", "index": false },
        "brand": text(&["all", "spelling", "beginnings"]),
        // Folded by `souk_domain::unicode::folded`: filters and facets compare these. The labels have the spellings that
        // facets show. OpenSearch folds neither, so that there is one definition of what is the same.
        "brand_key": { "type": "keyword", "ignore_above": 1024 },
        "brand_label": { "type": "keyword", "ignore_above": 2048 },
        "description": text(&["all"]),
        "category_ids": { "type": "keyword" },
        "category_names": text(&["all", "spelling", "beginnings"]),
        // Id and name, for suggestions.
        "category_labels": { "type": "keyword", "ignore_above": 1024 },
        // `kindstart notebook bags kindend`, one value for each kind.
        "kinds": { "type": "text", "analyzer": "words", "norms": false },
        // `laptop case kindend`: what the name says that the product is.
        "heads": { "type": "text", "analyzer": "words", "norms": false },
        "attribute_keys": { "type": "keyword", "ignore_above": 4096 },
        "attribute_labels": { "type": "keyword", "ignore_above": 8191 },
        "attribute_text": text(&["all"]),
        "price_minor": { "type": "long" },
        "currency": { "type": "keyword" },
        "on_sale": { "type": "boolean" },
        "in_stock": { "type": "boolean" },
        "released": { "type": "date", "format": "strict_date", "ignore_malformed": true },
        "version": { "type": "long" },
        // All searchable text: decides whether a product matches. The single fields decide the score.
        "all": { "type": "text", "analyzer": "text", "search_analyzer": "words", "norms": false },
        // Of brands and categories; those of names are a field of its own.
        "beginnings": {
            "type": "text", "analyzer": "beginnings", "search_analyzer": "exact", "norms": false, "index_options": "docs",
        },
        "spelling": { "type": "text", "analyzer": "spelling", "norms": false, "index_options": "docs" },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_has_its_alias_and_fixed_fields() {
        let body = index_body("products", 3);
        assert!(body["aliases"]["products"].is_object());
        assert_eq!(body["mappings"]["dynamic"], false);
        assert_eq!(body["settings"]["max_result_window"], 10_000);
        assert_eq!(body["settings"]["number_of_shards"], 3);
    }
}
