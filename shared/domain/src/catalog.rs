//! Products and the category tree.

mod composition;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ids::{CategoryId, ProductId};
use crate::money::{Currency, Money};
use crate::quantity::MAX_QUANTITY;
use crate::time::Timestamp;
use crate::validation::{Invalid, text};

/// Maximum length of a name, in characters. The limits together keep a product far below DynamoDB's 400 KB an item.
pub const MAX_NAME_CHARS: usize = 300;
/// Maximum length of a description, in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 5_000;
/// Maximum number of attributes of a product.
pub const MAX_ATTRIBUTES: usize = 100;
/// Maximum length of an attribute's name and of its text value, in characters.
pub const MAX_ATTRIBUTE_CHARS: usize = 500;
/// Maximum length of a category's name, in characters.
pub const MAX_CATEGORY_CHARS: usize = 60;
/// How deep categories may be inside each other.
pub const MAX_CATEGORY_LEVELS: usize = 6;

/// A value of a product attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AttributeValue {
    /// `"Cyan"`
    #[serde(rename = "s")]
    Text(String),
    /// `114.3`, stored as written: attributes are shown and filtered, never calculated with.
    #[serde(rename = "n")]
    Number(String),
    /// `true`
    #[serde(rename = "b")]
    Flag(bool),
}

impl AttributeValue {
    /// The value in a filter or a facet: `Cyan`, `114.3`, `true`.
    pub fn as_text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) => text,
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
        }
    }
}

/// A category. A department is a category without a parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// `printing.ink-cartridges`
    pub category_id: CategoryId,
    /// `Ink cartridges`
    pub name: String,
    /// `printing`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<CategoryId>,
}

/// Category of a product with all categories around it, outermost first. Empty for a product without one.
///
/// Only the innermost id is a fact about the product. Names and places are those of the time of the write: readers take
/// the present ones from the [`CategoryTree`](crate::category_tree::CategoryTree).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CategoryPath(Vec<Category>);

impl CategoryPath {
    /// From names, outermost first: `["Printing", "Ink cartridges"]`. The ids are those that an empty tree would give.
    pub fn from_names<S: AsRef<str>>(names: &[S]) -> Result<Self, Invalid> {
        if names.len() > MAX_CATEGORY_LEVELS {
            let message = format!("must have at most {MAX_CATEGORY_LEVELS} categories, each inside the one before");
            return Err(Invalid::new("too_long", message));
        }
        let mut path: Vec<Category> = Vec::with_capacity(names.len());
        for name in names {
            let name = category_name(name.as_ref())?;
            let parent_id = path.last().map(|parent| parent.category_id.clone());
            let category_id = category_id_of(parent_id.as_ref(), &slug(&name)?)?;
            path.push(Category { category_id, name, parent_id });
        }
        Ok(Self(path))
    }

    /// From categories, outermost first.
    pub(crate) const fn from_categories(categories: Vec<Category>) -> Self {
        Self(categories)
    }

    /// The categories from the department down.
    pub fn categories(&self) -> &[Category] {
        &self.0
    }

    /// The innermost category.
    pub fn leaf(&self) -> Option<&Category> {
        self.0.last()
    }
}

/// The name of a category: a text with at least one letter or digit, from which ids are made.
pub fn category_name(raw: &str) -> Result<String, Invalid> {
    let name = text(raw, MAX_CATEGORY_CHARS)?;
    slug(&name)?;
    Ok(name)
}

/// The id with this slug inside a parent, or the slug alone if that would be too long or too deep for an id.
pub(crate) fn category_id_of(parent_id: Option<&CategoryId>, slug: &str) -> Result<CategoryId, Invalid> {
    let inside = parent_id.and_then(|parent_id| format!("{parent_id}.{slug}").parse().ok());
    inside.map_or_else(|| slug.parse(), Ok)
}

/// Longest slug. A longer one is cut, and ends with a hash of the name.
const MAX_SLUG_BYTES: usize = 80;

/// Lower-case letters and digits with single hyphens. Letters beyond ASCII become their code point (`ö` → `u00f6`), so
/// that every name has a slug. Names may share one (`C++` and `C#`): the tree tells them apart.
pub(crate) fn slug(name: &str) -> Result<String, Invalid> {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if c.is_alphanumeric() {
            slug.push_str(&format!("u{:04x}", u32::from(c)));
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    match slug.len() {
        0 => Err(Invalid::new("invalid_format", "must contain a letter or a digit")),
        1..=MAX_SLUG_BYTES => Ok(slug.to_owned()),
        _ => {
            let [first, second, third, fourth, ..]: [u8; 32] = Sha256::digest(name.to_lowercase()).into();
            let hash = format!("{:08x}", u32::from_be_bytes([first, second, third, fourth]));
            let cut = &slug[..MAX_SLUG_BYTES - 1 - hash.len()]; // ASCII only
            Ok(format!("{}-{hash}", cut.trim_end_matches('-')))
        }
    }
}

/// The same with the words for symbols that distinguish names: `C#` is `c-sharp`, `50%` is `50-percent`.
pub(crate) fn spelled_slug(name: &str) -> Result<String, Invalid> {
    let word = |c: char| match c {
        '+' => " plus ".to_owned(),
        '#' => " sharp ".to_owned(),
        '%' => " percent ".to_owned(),
        '&' => " and ".to_owned(),
        '@' => " at ".to_owned(),
        other => other.to_string(),
    };
    slug(&name.chars().map(word).collect::<String>())
}

/// Checks the price before a reduction against the price.
pub fn check_compare_at_price(before: Money, price: Money) -> Result<Money, Invalid> {
    if before.currency() != price.currency() || before.minor() <= price.minor() {
        return Err(Invalid::new(
            "out_of_range",
            "must be higher than the price; leave it out if there is no reduction",
        ));
    }
    Ok(before)
}

/// A stored product. Its stock is not part of it: see the inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The SKU.
    pub product_id: ProductId,
    /// Name shown to shoppers.
    pub name: String,
    /// Description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// Category.
    #[serde(default)]
    pub category: CategoryPath,
    /// Attributes by name.
    #[serde(default)]
    pub attributes: BTreeMap<String, AttributeValue>,
    /// Price in minor units.
    pub price_minor: i64,
    /// The price before a reduction, in minor units of the same currency: higher than the price. None: not on sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare_at_price_minor: Option<i64>,
    /// Currency of the prices.
    pub currency: Currency,
    /// URL of the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// URL of the thumbnail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// EAN/GTIN codes, digits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ean: Vec<String>,
    /// Date of release, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<String>,
    /// The most units in one order. None: as many as the shop allows of any product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_per_order: Option<u32>,
    /// Active shards of its stock: checkouts allocate from these.
    #[serde(default = "one_shard")]
    pub stock_shards: u32,
    /// Version: the time of the write in epoch milliseconds; grows with every write.
    pub version: i64,
}

const fn one_shard() -> u32 {
    1
}

impl Product {
    /// The price.
    pub fn price(&self) -> Money {
        Money::from_minor(self.price_minor, self.currency)
    }

    /// The price before the reduction of a product on sale. One that is not higher than the price is no reduction.
    pub fn compare_at_price(&self) -> Option<Money> {
        let before = self.compare_at_price_minor.filter(|before| *before > self.price_minor)?;
        Some(Money::from_minor(before, self.currency))
    }

    /// Whether its price was reduced.
    pub fn is_on_sale(&self) -> bool {
        self.compare_at_price().is_some()
    }

    /// The most units in one order of a shop that allows this many of any product; 0 is no limit.
    pub fn max_in_order(&self, shop_default: u32) -> u32 {
        let most = self.max_per_order.unwrap_or(shop_default);
        if most == 0 { MAX_QUANTITY } else { most.min(MAX_QUANTITY) }
    }

    /// The version of a write at `now`: the time, but always greater than the previous version.
    pub fn next_version(previous: Option<i64>, now: Timestamp) -> i64 {
        previous.map_or(now.as_millis(), |version| now.as_millis().max(version + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn category_ids_are_derived_from_names() {
        let path = CategoryPath::from_names(&["Cables & adapters", "HDMI  cables"]).expect("valid");
        let ids: Vec<_> = path.categories().iter().map(|c| c.category_id.as_str()).collect();
        assert_eq!(ids, ["cables-adapters", "cables-adapters.hdmi-cables"]);
        assert_eq!(path.leaf().and_then(|c| c.parent_id.as_ref()).map(CategoryId::as_str), Some("cables-adapters"));
    }

    #[test]
    fn every_name_has_a_slug_or_is_rejected() {
        let slug_of =
            |name: &str| CategoryPath::from_names(&[name]).map(|p| p.leaf().map(|c| c.category_id.to_string()));
        assert_eq!(slug_of("Möbel"), Ok(Some("mu00f6bel".to_owned())));
        assert_eq!(slug_of("Mo\u{308}bel"), slug_of("Möbel"), "composed and decomposed names are one category");
        assert_eq!(slug_of("***").map_err(|e| e.code), Err("invalid_format"));
        assert_eq!(slug_of(" ").map_err(|e| e.code), Err("required"));
        assert!(CategoryPath::from_names(&["a"; MAX_CATEGORY_LEVELS]).is_ok());
        assert_eq!(CategoryPath::from_names(&["a"; 7]).map_err(|e| e.code), Err("too_long"));
        let long = |last: char| slug_of(&format!("{}{last}", "я".repeat(59))).expect("a slug").expect("a category");
        assert_eq!((long('а').len(), long('а') == long('б')), (MAX_SLUG_BYTES, false));
        assert_eq!(spelled_slug("C++"), Ok("c-plus-plus".to_owned()));
    }

    /// A product as an older release stored it.
    fn stored(more: &str) -> Product {
        let json =
            format!(r#"{{"product_id":"1399","name":"HP 364","price_minor":900,"currency":"USD","version":1{more}}}"#);
        serde_json::from_str(&json).expect("a product")
    }

    #[test]
    fn a_sale_is_a_fact_of_the_product() {
        let before = |product: &Product| product.compare_at_price().map(|before| before.minor());
        let regular = stored("");
        assert_eq!((before(&regular), regular.is_on_sale()), (None, false));
        assert!(!serde_json::to_string(&regular).expect("JSON").contains("compare_at"));
        let reduced = stored(r#","compare_at_price_minor":1200"#);
        assert_eq!((before(&reduced), reduced.is_on_sale()), (Some(1200), true));
        for no_reduction in [900, 899, 0] {
            let product = Product { compare_at_price_minor: Some(no_reduction), ..regular.clone() };
            assert_eq!((before(&product), product.is_on_sale()), (None, false));
        }
    }

    #[test]
    fn the_price_before_a_reduction_is_higher_and_of_the_same_currency() {
        let usd = |minor| Money::from_minor(minor, Currency::USD);
        assert_eq!(check_compare_at_price(usd(901), usd(900)), Ok(usd(901)));
        let euro = Money::from_minor(901, "EUR".parse().expect("euro"));
        for refused in [usd(900), usd(1), euro] {
            assert_eq!(check_compare_at_price(refused, usd(900)).map_err(|e| e.code), Err("out_of_range"));
        }
    }

    #[test]
    fn versions_only_grow() {
        let now = Timestamp::from_millis(1_000);
        assert_eq!(Product::next_version(None, now), 1_000);
        assert_eq!(Product::next_version(Some(999), now), 1_000);
        assert_eq!(Product::next_version(Some(5_000), now), 5_001);
    }
}
