//! A product as it is indexed.

use std::collections::BTreeMap;

use serde::Serialize;
use souk_domain::catalog::{AttributeValue, Product};
use souk_domain::ids::ProductId;
use souk_domain::unicode::folded;

use crate::head;
use crate::mapping::{KIND_END, KIND_START, WEAK_KIND};
use crate::sort_key::sort_key;
use crate::text::words;
use crate::word::code;

/// A product and whether it is in stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedProduct {
    /// Its version decides which of two writes wins.
    pub product: Product,
    /// At least one unit is available.
    pub in_stock: bool,
}

/// The document; its fields are those of the mapping.
#[derive(Debug, Serialize)]
pub(crate) struct Document<'a> {
    product_id: &'a ProductId,
    codes: Vec<String>,
    code_parts: Vec<String>,
    name: &'a str,
    name_sort: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand_label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    category_ids: Vec<&'a str>,
    category_names: Vec<&'a str>,
    category_labels: Vec<String>,
    kinds: Vec<String>,
    heads: Vec<String>,
    attribute_keys: Vec<String>,
    attribute_labels: Vec<String>,
    attribute_text: Vec<&'a str>,
    price_minor: i64,
    currency: &'a str,
    on_sale: bool,
    in_stock: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    released: Option<&'a str>,
    version: i64,
}

impl<'a> From<&'a IndexedProduct> for Document<'a> {
    fn from(indexed: &'a IndexedProduct) -> Self {
        let product = &indexed.product;
        let categories = product.category.categories();
        let brand_key = product.brand.as_deref().map(folded);
        let (attribute_keys, attribute_labels) = attributes(&product.attributes);
        let heads = head::heads(&product.name, product.brand.as_deref());
        let codes = std::iter::once(product.product_id.as_str()).chain(product.ean.iter().map(String::as_str));
        Self {
            product_id: &product.product_id,
            codes: codes.map(code).filter(|code| !code.is_empty()).collect(),
            code_parts: code_parts(product.product_id.as_str()),
            name: &product.name,
            name_sort: sort_key(&product.name),
            brand: product.brand.as_deref(),
            brand_label: brand_key.as_deref().zip(product.brand.as_deref()).map(|(key, brand)| pair(key, brand)),
            brand_key,
            description: product.description.as_deref(),
            category_ids: categories.iter().map(|category| category.category_id.as_str()).collect(),
            category_names: categories.iter().map(|category| category.name.as_str()).collect(),
            category_labels: categories.iter().map(|c| pair(c.category_id.as_str(), &c.name)).collect(),
            kinds: product.category.leaf().map(|leaf| kinds(&leaf.name, &heads)).unwrap_or_default(),
            heads: heads.into_iter().map(|head| format!("{head} {KIND_END}")).collect(),
            attribute_keys,
            attribute_labels,
            attribute_text: product
                .attributes
                .iter()
                .filter_map(|(name, value)| searchable_text(name, value))
                .collect(),
            price_minor: product.price_minor,
            currency: product.currency.code(),
            on_sale: product.is_on_sale(),
            in_stock: indexed.in_stock,
            released: product.released.as_deref(),
            version: product.version,
        }
    }
}

/// Most parts at which a number may begin.
const MAX_PARTS: usize = 8;
/// Shortest of them, in characters.
const MIN_PART_CHARS: usize = 3;

/// What a number begins with at each of its parts but the first: `4038-60` and `60` for `VL-4038-60`. In lower case,
/// without signs.
pub(crate) fn code_parts(number: &str) -> Vec<String> {
    let words = words(number);
    let parts: Vec<_> = words.iter().flat_map(|word| &word.parts).map(String::as_str).collect();
    let rests = (1..parts.len().min(MAX_PARTS)).map(|from| parts[from..].concat().replace('.', ""));
    rests.filter(|rest| rest.chars().count() >= MIN_PART_CHARS).collect()
}

/// Separates the parts of a pair; no name or value may contain a control character.
const PAIR_SEPARATOR: char = '\u{1f}';

/// A name with its value: of an attribute, both [`folded`]; a category's id with its name; a folded brand with the brand.
pub(crate) fn pair(name: &str, value: &str) -> String {
    format!("{name}{PAIR_SEPARATOR}{value}")
}

/// The parts of a [`pair`].
pub(crate) fn split_pair(pair: &str) -> Option<(&str, &str)> {
    pair.split_once(PAIR_SEPARATOR)
}

/// The folded form of an attribute, by which it is filtered and counted. All spellings of a name or value have the same.
pub(crate) fn attribute_key(name: &str, value: &str) -> String {
    pair(&folded(name), &folded(value))
}

/// The parts of the label of an attribute: its key, its name and its value.
pub(crate) fn split_attribute_label(label: &str) -> Option<(&str, &str, &str)> {
    let (folded_name, rest) = split_pair(label)?;
    let (folded_value, rest) = split_pair(rest)?;
    let (name, value) = split_pair(rest)?;
    let key = label.get(..folded_name.len() + PAIR_SEPARATOR.len_utf8() + folded_value.len())?;
    Some((key, name, value))
}

/// The keys of attributes, each once, and their labels: the key with the name and the value as they are written. A
/// product counts once for a key, also if it has an attribute in two spellings.
fn attributes(attributes: &BTreeMap<String, AttributeValue>) -> (Vec<String>, Vec<String>) {
    let mut by_key: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in attributes {
        let key = attribute_key(name, value.as_text());
        let label = pair(&key, &pair(name, value.as_text()));
        by_key.entry(key).or_insert(label);
    }
    by_key.into_iter().unzip()
}

/// The searchable text of an attribute: its value, or the name of a feature that the product has. Numbers (weight,
/// width) are left out, because they would match model numbers.
fn searchable_text<'a>(name: &'a str, value: &'a AttributeValue) -> Option<&'a str> {
    match value {
        AttributeValue::Text(text) => Some(text),
        AttributeValue::Flag(true) => Some(name),
        AttributeValue::Flag(false) | AttributeValue::Number(_) => None,
    }
}

/// The kinds of product that a category names: `Keyboards & keypads` names keyboards and keypads. Of several kinds those
/// that are no head noun of the product's name are weak.
fn kinds(category: &str, heads: &[String]) -> Vec<String> {
    let names = category.split(['&', ',', '/']).flat_map(|name| name.split(" and "));
    let names: Vec<_> = names.map(str::trim).filter(|name| !name.is_empty()).collect();
    let is_head = |name: &str| heads.iter().any(|head| last_word(head) == last_word(name));
    let kind = |name: &&str| {
        if names.len() == 1 || is_head(name) {
            format!("{KIND_START} {name} {KIND_END}")
        } else {
            format!("{WEAK_KIND} {name} {WEAK_KIND}")
        }
    };
    names.iter().map(kind).collect()
}

/// The last word, in lower case and without the ending of an English plural.
fn last_word(name: &str) -> String {
    let word = name.rsplit(' ').next().unwrap_or(name).to_lowercase();
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let stem = |end: &str| word.strip_suffix(end).map(str::to_owned);
    let es = || ["ches", "shes", "sses", "xes"].iter().any(|end| word.ends_with(end)).then(|| stem("es")).flatten();
    let s = || (!word.ends_with("ss")).then(|| stem("s")).flatten();
    if word == "mice" { "mouse".to_owned() } else { es().or_else(s).unwrap_or(word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_names_kinds() {
        let kinds = |category, name: &str| kinds(category, &head::heads(name, None)).join("; ");
        assert_eq!(kinds("Tablets", "Acme 10"), "kindstart Tablets kindend");
        let category = "Mice & mouse pads";
        assert_eq!(kinds(category, "Acme mouse USB"), "kindstart Mice kindend; weakkind mouse pads weakkind");
        assert_eq!(kinds(category, "Acme mouse pad"), "weakkind Mice weakkind; kindstart mouse pads kindend");
        assert_eq!(kinds(category, "Acme 10"), "weakkind Mice weakkind; weakkind mouse pads weakkind");
    }

    #[test]
    fn words_are_compared_in_the_singular() {
        for (words, expected) in [
            ("laptop batteries", "battery"),
            ("Switches", "switch"),
            ("Mice", "mouse"),
            ("cases", "case"),
            ("glass", "glass"),
            ("", ""),
        ] {
            assert_eq!(last_word(words), expected);
        }
    }

    #[test]
    fn an_attribute_in_two_spellings_is_one() {
        let value = |text: &str| AttributeValue::Text(text.to_owned());
        let (keys, labels) = attributes(&BTreeMap::from([
            ("Farbe".to_owned(), value("Weiß")),
            ("FARBE".to_owned(), value("weiss")),
            ("Größe".to_owned(), AttributeValue::Number("7.50".to_owned())),
        ]));
        assert_eq!(keys, ["farbe\u{1f}weiss", "grosse\u{1f}7.50"]);
        let split: Vec<_> = labels.iter().map(|label| split_attribute_label(label)).collect();
        assert_eq!(split, [Some((keys[0].as_str(), "FARBE", "weiss")), Some((keys[1].as_str(), "Größe", "7.50"))]);
        assert_eq!(split_attribute_label(&keys[0]), None);
    }

    #[test]
    fn numbers_have_parts() {
        assert_eq!(code_parts("XL-VL-4038-60.B"), ["vl403860b", "403860b", "60b"]);
        assert_eq!(code_parts("OUT-0000472"), ["0000472"]);
        assert_eq!(code_parts("2000000004723"), [""; 0]);
        assert_eq!(code_parts(&"a1-".repeat(40)).len(), MAX_PARTS - 1);
    }

    #[test]
    fn numbers_and_absent_features_are_not_searched_for() {
        let text = AttributeValue::Text("Black".to_owned());
        assert_eq!(searchable_text("Colour", &text), Some("Black"));
        assert_eq!(searchable_text("Bluetooth", &AttributeValue::Flag(true)), Some("Bluetooth"));
        assert_eq!(searchable_text("Bluetooth", &AttributeValue::Flag(false)), None);
        assert_eq!(searchable_text("Weight", &AttributeValue::Number("1315".to_owned())), None);
    }
}
