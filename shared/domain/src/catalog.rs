//! Products and the tree of categories they stand in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{CategoryId, ProductId};
use crate::money::{Currency, Money};
use crate::time::Timestamp;
use crate::validation::{Invalid, text};

/// Bounds of a product document; together they keep it far below DynamoDB's 400 KB.
pub const MAX_NAME_CHARS: usize = 300;
/// Longest description, in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 5_000;
/// Most attributes of one product.
pub const MAX_ATTRIBUTES: usize = 100;
/// Longest attribute name or text value, in characters.
pub const MAX_ATTRIBUTE_CHARS: usize = 500;
/// Longest name of a category, in characters.
const MAX_CATEGORY_CHARS: usize = 60;

/// A value of a product attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AttributeValue {
    /// `"Cyan"`
    #[serde(rename = "s")]
    Text(String),
    /// `114.3`, kept as it was written: attributes are shown and filtered, never calculated with.
    #[serde(rename = "n")]
    Number(String),
    /// `true`
    #[serde(rename = "b")]
    Flag(bool),
}

impl AttributeValue {
    /// How the value reads in a filter or a facet: `Cyan`, `114.3`, `true`.
    pub fn as_text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) => text,
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
        }
    }
}

/// One category. A department has no parent.
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

/// Where a product stands: nowhere, in a department, or in a category of a department.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CategoryPath(Vec<Category>);

impl CategoryPath {
    /// From names, outermost first: `["Printing", "Ink cartridges"]`.
    pub fn from_names<S: AsRef<str>>(names: &[S]) -> Result<Self, Invalid> {
        if names.len() > 2 {
            return Err(Invalid::new("too_long", "must have at most a department and a category"));
        }
        let mut path: Vec<Category> = Vec::with_capacity(names.len());
        for name in names {
            let name = text(name.as_ref(), MAX_CATEGORY_CHARS)?;
            let slug = slug(&name)?;
            let parent_id = path.last().map(|parent| parent.category_id.clone());
            let id = parent_id.as_ref().map_or_else(|| slug.clone(), |parent| format!("{parent}.{slug}"));
            path.push(Category { category_id: id.parse()?, name, parent_id });
        }
        Ok(Self(path))
    }

    /// From the department down.
    pub fn categories(&self) -> &[Category] {
        &self.0
    }

    /// The innermost category.
    pub fn leaf(&self) -> Option<&Category> {
        self.0.last()
    }
}

/// Lower-case letters and digits with single hyphens. Letters beyond ASCII become their code point (`ö` → `u00f6`), so
/// that every name has a slug and two names rarely share one.
fn slug(name: &str) -> Result<String, Invalid> {
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
        1..=80 => Ok(slug.to_owned()),
        _ => Err(Invalid::new("too_long", "the category's name is too long")),
    }
}

/// A product as it is kept. How many there are is not part of it: that is counted in the inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The SKU.
    pub product_id: ProductId,
    /// What shoppers read first.
    pub name: String,
    /// A longer text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The maker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// Where it stands.
    #[serde(default)]
    pub category: CategoryPath,
    /// Name and value pairs.
    #[serde(default)]
    pub attributes: BTreeMap<String, AttributeValue>,
    /// Price in minor units.
    pub price_minor: i64,
    /// Of the price.
    pub currency: Currency,
    /// A picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// A small picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// EAN/GTIN codes, digits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ean: Vec<String>,
    /// Date of release, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<String>,
    /// Over how many shards its stock is spread.
    #[serde(default = "one_shard")]
    pub stock_shards: u32,
    /// When this state was written, in epoch milliseconds; grows with every write.
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

    /// The version of a write now on top of an earlier one: the time, but always larger than before.
    pub fn next_version(previous: Option<i64>, now: Timestamp) -> i64 {
        previous.map_or(now.as_millis(), |version| now.as_millis().max(version + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_makes_ids_from_names() {
        let path = CategoryPath::from_names(&["Cables & adapters", "HDMI  cables"]).expect("valid");
        let ids: Vec<_> = path.categories().iter().map(|c| c.category_id.as_str()).collect();
        assert_eq!(ids, ["cables-adapters", "cables-adapters.hdmi-cables"]);
        assert_eq!(path.leaf().and_then(|c| c.parent_id.as_ref()).map(CategoryId::as_str), Some("cables-adapters"));
    }

    #[test]
    fn every_name_has_a_slug_or_a_reason() {
        let slug_of = |name| CategoryPath::from_names(&[name]).map(|p| p.leaf().map(|c| c.category_id.to_string()));
        assert_eq!(slug_of("Möbel"), Ok(Some("mu00f6bel".to_owned())));
        assert_eq!(slug_of("***").map_err(|e| e.code), Err("invalid_format"));
        assert_eq!(slug_of(" ").map_err(|e| e.code), Err("required"));
        assert!(CategoryPath::from_names(&["a", "b", "c"]).is_err());
    }

    #[test]
    fn versions_only_grow() {
        let now = Timestamp::from_millis(1_000);
        assert_eq!(Product::next_version(None, now), 1_000);
        assert_eq!(Product::next_version(Some(999), now), 1_000);
        assert_eq!(Product::next_version(Some(5_000), now), 5_001);
    }
}
