//! The settings and mapping of the index: how texts are analysed, and which fields there are.

use serde_json::{Value, json};

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
    json!({
        // 27" is 27 inch.
        "char_filter": {
            "inches": { "type": "pattern_replace", "pattern": "(\\d)\\s?(?:\"|″|”|'')", "replacement": "$1 inch " },
            // 5.5 stays one number: 1.5 m is not 5 m. In J9900.001 the point only separates.
            "dots": {
                "type": "pattern_replace",
                "pattern": "(?<!\\d)\\.|\\.(?!\\d)|(?<=\\p{L}\\d{2,10})\\.",
                "replacement": " ",
            },
            "symbols": { "type": "pattern_replace", "pattern": "[^\\p{L}\\p{M}\\p{N}.]+", "replacement": " " },
        },
        "filter": {
            // LC-1000XL: lc, 1000, xl and lc1000xl. LaserJet: laser, jet and laserjet.
            "parts": { "type": "word_delimiter_graph", "catenate_all": true, "type_table": [". => DIGIT"] },
            // Plurals that KStem does not handle or confuses (toner and tone).
            "irregular": {
                "type": "stemmer_override",
                "rules": [
                    "toner, toners => toner", "mice, mouses => mouse", "watches => watch", "glasses => glass",
                    "batteries => battery", "days => day", "feet => foot", "shelves => shelf", "knives => knife",
                ],
            },
            // note book: notebook.
            "joined": {
                "type": "shingle", "min_shingle_size": 2, "max_shingle_size": 2,
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
                "type": "custom", "char_filter": ["inches", "dots"], "tokenizer": "whitespace",
                "filter": ["parts", "flatten_graph", "lowercase", "asciifolding", "irregular", "kstem"],
            },
            // Search texts are split into words before they are sent.
            "words": {
                "type": "custom", "tokenizer": "whitespace",
                "filter": ["lowercase", "asciifolding", "irregular", "kstem"],
            },
            "joined": {
                "type": "custom", "char_filter": ["inches", "dots", "symbols"], "tokenizer": "whitespace",
                "filter": ["lowercase", "asciifolding", "joined", "irregular", "kstem"],
            },
            // Words as they are written, for corrections. No numbers: a model number must not be corrected into
            // another.
            "spelling": {
                "type": "custom", "tokenizer": "letter", "filter": ["lowercase", "asciifolding", "words"],
            },
            "spelling_asked": {
                "type": "custom", "tokenizer": "whitespace", "filter": ["lowercase", "asciifolding"],
            },
            "beginnings": {
                "type": "custom", "char_filter": ["inches", "dots", "symbols"], "tokenizer": "whitespace",
                "filter": ["lowercase", "asciifolding", "beginnings"],
            },
            // Words as they are written, neither split nor stemmed.
            "exact": {
                "type": "custom", "char_filter": ["inches", "dots", "symbols"], "tokenizer": "whitespace",
                "filter": ["lowercase", "asciifolding"],
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
        "sort": { "type": "keyword", "normalizer": "folded", "ignore_above": 1024 },
        "joined": {
            "type": "text", "analyzer": "joined", "search_analyzer": "words", "norms": false, "index_options": "docs",
        },
        "beginnings": {
            "type": "text", "analyzer": "beginnings", "search_analyzer": "exact", "norms": false, "index_options": "docs",
        },
    });
    let mut brand = text(&["all", "spelling"]);
    brand["fields"] = json!({
        "raw": { "type": "keyword", "ignore_above": 1024 },
        "folded": { "type": "keyword", "normalizer": "folded", "ignore_above": 1024 },
    });
    json!({
        "product_id": { "type": "keyword" },
        // SKU and EANs, without punctuation and leading zeros.
        "codes": { "type": "keyword", "norms": false },
        "name": name,
        "brand": brand,
        "description": text(&["all"]),
        "category_ids": { "type": "keyword" },
        "category_names": text(&["all", "spelling"]),
        // Id and name, for suggestions.
        "category_labels": { "type": "keyword", "ignore_above": 1024 },
        // `kindstart notebook bags kindend`, one value for each kind.
        "kinds": { "type": "text", "analyzer": "words", "norms": false },
        // `laptop case kindend`: what the name says that the product is.
        "heads": { "type": "text", "analyzer": "words", "norms": false },
        "attributes": { "type": "keyword", "ignore_above": 4096 },
        "attribute_text": text(&["all"]),
        "price_minor": { "type": "long" },
        "currency": { "type": "keyword" },
        "in_stock": { "type": "boolean" },
        "released": { "type": "date", "format": "strict_date", "ignore_malformed": true },
        "version": { "type": "long" },
        // All searchable text: decides whether a product matches. The single fields decide the score.
        "all": { "type": "text", "analyzer": "text", "search_analyzer": "words", "norms": false },
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
