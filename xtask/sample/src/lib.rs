//! A generated catalogue of any size. A product depends on the seed and on its own number only, so a larger catalogue
//! starts with the smaller one.

mod words;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use souk_rng::SeededRng;
use words::{CLOSINGS, COLOUR, DEPARTMENTS, Department, Kind, LINES, Values};

/// The seed of the catalogue that `cargo xtask up` loads.
pub const DEFAULT_SEED: u64 = 1;

/// A line of `POST /admin/imports`.
#[derive(Serialize)]
struct Product<'a> {
    sku: String,
    name: String,
    brand: &'a str,
    description: String,
    category: [&'a str; 2],
    attributes: BTreeMap<&'a str, Value>,
    /// A decimal, never a float.
    price: Box<RawValue>,
    currency: &'a str,
    available: u64,
    ean: [String; 1],
    released: String,
}

/// The product of this number as a line of JSON, without the line break.
pub fn line(seed: u64, index: u64) -> String {
    let mut random = SeededRng::new(seed, index);
    let department = random.pick(&DEPARTMENTS.iter().collect::<Vec<_>>());
    let kind = random.pick(&department.kinds.iter().collect::<Vec<_>>());
    let product = product(&mut random, index, department, kind);
    serde_json::to_string(&product).expect("strings and numbers become JSON")
}

fn product<'a>(random: &mut SeededRng, index: u64, department: &'a Department, kind: &'a Kind) -> Product<'a> {
    let (brand, model, noun) = (random.pick(department.brands), random.pick(LINES), random.pick(kind.nouns));
    let (attributes, first, colour) = attributes(random, kind);
    let ending = colour.map(|colour| format!(", {colour}")).unwrap_or_default();
    Product {
        sku: format!("{}-{index:07}", department.code),
        name: format!("{brand} {model} {first} {noun}{ending}"),
        brand,
        description: description(random, brand, noun, &attributes),
        category: [department.name, kind.name],
        price: RawValue::from_string(price(random, kind)).expect("a decimal is JSON"),
        currency: "USD",
        available: if random.between(1, 100) <= 6 { 0 } else { random.between(1, 250) },
        ean: [ean(index)],
        released: format!("{}-{:02}-{:02}", random.between(2018, 2025), random.between(1, 12), random.between(1, 28)),
        attributes,
    }
}

/// The attributes, the text of the first for the name, and the colour.
fn attributes<'a>(random: &mut SeededRng, kind: &'a Kind) -> (BTreeMap<&'a str, Value>, String, Option<&'static str>) {
    let (mut attributes, mut first, mut colour) = (BTreeMap::new(), None, None);
    for feature in kind.features {
        let (value, text) = match feature.values {
            Values::Words(words) => {
                let word = random.pick(words);
                colour = if feature.name == COLOUR { Some(word) } else { colour };
                (Value::from(word), word.to_owned())
            }
            Values::Number(low, high, step, unit) => {
                let number = low + step * random.between(0, (high - low) / step);
                (Value::from(number), format!("{number} {unit}").trim_end().to_owned())
            }
            Values::Flag => (Value::from(random.between(0, 1) == 1), String::new()),
        };
        attributes.insert(feature.name, value);
        first.get_or_insert(text);
    }
    (attributes, first.unwrap_or_default(), colour)
}

/// A price, more often a low one, with a typical ending.
fn price(random: &mut SeededRng, kind: &Kind) -> String {
    let (low, high) = kind.dollars;
    let dollars = random.between(low, high).min(random.between(low, high));
    let cents = *random.pick(&[&0_u64, &50, &90, &95, &99]);
    format!("{dollars}.{cents:02}")
}

fn description(random: &mut SeededRng, brand: &str, noun: &str, attributes: &BTreeMap<&str, Value>) -> String {
    let details = attributes.iter().filter_map(|(name, value)| match value {
        Value::String(word) => Some(format!("{}: {word}", name.to_lowercase())),
        Value::Bool(true) => Some(name.to_lowercase()),
        _ => None,
    });
    let details: Vec<String> = details.collect();
    let with = if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) };
    format!("{noun} by {brand}{with}. {}", random.pick(CLOSINGS))
}

/// An EAN-13 of the range for use inside a shop (it starts with 2), with its check digit.
fn ean(index: u64) -> String {
    let digits = format!("2{:011}", index % 100_000_000_000);
    let weighted =
        digits.bytes().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight);
    let check = (10 - weighted.sum::<u32>() % 10) % 10;
    format!("{digits}{check}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const MANY: u64 = 3_000;

    #[test]
    fn the_same_seed_gives_the_same_catalogue_and_another_seed_another() {
        assert_eq!(line(7, 41), line(7, 41));
        assert_ne!(line(7, 41), line(8, 41));
        assert_ne!(line(7, 41), line(7, 42));
    }

    #[test]
    fn every_product_is_complete() {
        let mut skus = HashSet::new();
        for index in 0..MANY {
            let text = line(DEFAULT_SEED, index);
            let product: Value = serde_json::from_str(&text).expect("JSON");
            let word = |field: &str| product[field].as_str().unwrap_or_default().to_owned();
            assert!(skus.insert(word("sku")), "{text}");
            for field in ["name", "brand", "description", "currency", "released"] {
                let text = word(field);
                assert!(!text.is_empty() && text == text.trim() && !text.contains("  "), "{field}: {text}");
            }
            assert!(word("name").starts_with(&word("brand")), "{text}");
            assert_eq!(product["category"].as_array().map(Vec::len), Some(2));
            assert!(product["attributes"].as_object().is_some_and(|attributes| attributes.len() > 1), "{text}");
            assert!(product["available"].is_u64(), "{text}");
        }
    }

    #[test]
    fn prices_are_decimals_with_two_places() {
        for index in 0..MANY {
            let text = line(DEFAULT_SEED, index);
            let price = text.split_once("\"price\":").and_then(|(_, rest)| rest.split_once(',')).expect("a price").0;
            let (dollars, cents) = price.split_once('.').expect("two parts");
            assert!(dollars.parse::<u64>().is_ok_and(|dollars| dollars > 0), "{price}");
            assert!(cents.len() == 2 && cents.parse::<u64>().is_ok(), "{price}");
        }
    }

    #[test]
    fn most_products_are_in_stock_and_some_are_not() {
        let sold_out = (0..MANY).filter(|&index| line(DEFAULT_SEED, index).contains("\"available\":0,")).count();
        assert!((100..300).contains(&sold_out), "{sold_out}");
    }

    #[test]
    fn every_category_has_products_and_a_distinct_code() {
        let categories: HashSet<String> = (0..MANY)
            .map(|index| {
                serde_json::from_str::<Value>(&line(DEFAULT_SEED, index)).expect("JSON")["category"].to_string()
            })
            .collect();
        assert_eq!(categories.len(), DEPARTMENTS.iter().map(|department| department.kinds.len()).sum::<usize>());
        let codes: HashSet<&str> = DEPARTMENTS.iter().map(|department| department.code).collect();
        assert_eq!(codes.len(), DEPARTMENTS.len());
    }

    #[test]
    fn eans_have_their_check_digit() {
        assert_eq!(ean(0), "2000000000008");
        assert_eq!(ean(12_345), "2000000123455");
    }
}
