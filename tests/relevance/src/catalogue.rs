//! The catalogue, with an index of the words of its names.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use souk_domain::catalog::{AttributeValue, CategoryPath, Product};
use souk_domain::money::{Currency, Money};

/// Every such product is sold out.
const SOLD_OUT_EVERY: usize = 20;

/// Products with an index of the words in their names and brands.
pub struct Catalogue {
    /// In file order.
    pub items: Vec<Item>,
    /// Numbers of the products with a word (see [`base`]), ascending.
    words: BTreeMap<String, Vec<usize>>,
}

/// One product.
pub struct Item {
    /// The product of the index.
    pub product: Product,
    /// Whether it is in stock.
    pub in_stock: bool,
    /// The words of its name in order, in lower case.
    pub words: Vec<String>,
    bases: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Line {
    sku: String,
    #[serde(alias = "title")]
    name: String,
    #[serde(default)]
    brand: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    category: Vec<String>,
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
    #[serde(default)]
    price: Option<Box<RawValue>>,
    #[serde(default)]
    price_cents: Option<i64>,
    #[serde(default)]
    ean: Vec<String>,
    #[serde(default)]
    released: Option<String>,
}

impl Catalogue {
    /// Reads JSON lines, compressed if the name ends in `.gz`.
    pub fn open(path: &Path) -> Result<Self, Box<dyn Error>> {
        let file = BufReader::new(File::open(path)?);
        let lines: Box<dyn BufRead> = if path.extension().is_some_and(|end| end == "gz") {
            Box::new(BufReader::new(MultiGzDecoder::new(file)))
        } else {
            Box::new(file)
        };
        let lines: Result<Vec<_>, _> = lines.lines().collect();
        Self::from_lines(lines?.iter().map(String::as_str))
    }

    /// The generated catalogue of this size, from the seed of `cargo xtask up`.
    pub fn generated(products: u64) -> Result<Self, Box<dyn Error>> {
        let lines: Vec<_> = (0..products).map(|index| souk_sample::line(souk_sample::DEFAULT_SEED, index)).collect();
        Self::from_lines(lines.iter().map(String::as_str))
    }

    /// A catalogue of JSON lines.
    pub(crate) fn from_lines<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Self, Box<dyn Error>> {
        let items: Result<Vec<_>, _> = lines.enumerate().map(|(number, line)| item(number, line)).collect();
        let items = items?;
        let mut words: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, item) in items.iter().enumerate() {
            for word in &item.bases {
                words.entry(word.clone()).or_default().push(number);
            }
        }
        Ok(Self { items, words })
    }

    /// The products that have all these words in name or brand, plural or singular.
    pub fn with_all(&self, words: &[String]) -> BTreeSet<usize> {
        let mut bases: Vec<_> = words.iter().map(|word| base(word)).collect();
        bases.sort_by_key(|base| self.words.get(*base).map_or(0, Vec::len));
        let Some((rarest, others)) = bases.split_first() else { return BTreeSet::new() };
        let candidates = self.words.get(*rarest).map(Vec::as_slice).unwrap_or_default().iter().copied();
        candidates.filter(|number| others.iter().all(|word| self.items[*number].bases.contains(*word))).collect()
    }

    /// The number of products with a word.
    pub fn frequency(&self, word: &str) -> usize {
        self.words.get(base(word)).map_or(0, Vec::len)
    }
}

/// The likely singular of a word, for comparisons.
pub(crate) fn base(word: &str) -> &str {
    let stem = word.strip_suffix('s').filter(|stem| stem.len() >= 3 && !stem.ends_with('s'));
    stem.unwrap_or(word)
}

/// Lower-case words, cut at everything but letters, digits and the point within a number.
pub(crate) fn words(text: &str) -> Vec<String> {
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let digit = |at: usize| text.get(at).is_some_and(char::is_ascii_digit);
    let mut words = vec![String::new()];
    for (at, c) in text.iter().enumerate() {
        let point = *c == '.' && at > 0 && digit(at - 1) && digit(at + 1);
        match words.last_mut() {
            Some(word) if point || c.is_alphanumeric() => word.push(*c),
            Some(word) if word.is_empty() => {}
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn item(number: usize, line: &str) -> Result<Item, Box<dyn Error>> {
    let line: Line = serde_json::from_str(line)?;
    let price_minor = match (&line.price, line.price_cents) {
        (Some(price), _) => Money::parse(price.get(), Currency::USD)?.minor(),
        (None, cents) => cents.unwrap_or_default(),
    };
    let words = words(&line.name);
    let brand = line.brand.as_deref().map(self::words).unwrap_or_default();
    let bases = words.iter().chain(&brand).map(|word| base(word).to_owned()).collect();
    let product = Product {
        product_id: line.sku.parse()?,
        name: line.name,
        description: line.description,
        brand: line.brand,
        category: CategoryPath::from_names(&line.category)?,
        attributes: line.attributes.into_iter().filter_map(|(name, value)| Some((name, attribute(value)?))).collect(),
        price_minor,
        compare_at_price_minor: None,
        currency: Currency::USD,
        image_url: None,
        thumbnail_url: None,
        ean: line.ean,
        released: line.released,
        max_per_order: None,
        stock_shards: 1,
        version: 1,
    };
    Ok(Item { product, in_stock: !number.is_multiple_of(SOLD_OUT_EVERY), words, bases })
}

fn attribute(value: Value) -> Option<AttributeValue> {
    match value {
        Value::String(text) => Some(AttributeValue::Text(text)),
        Value::Number(number) => Some(AttributeValue::Number(number.to_string())),
        Value::Bool(flag) => Some(AttributeValue::Flag(flag)),
        _ => None,
    }
}
