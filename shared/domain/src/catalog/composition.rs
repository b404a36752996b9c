//! Composes (NFC) the texts of products that an earlier release stored as they were sent.

use std::collections::BTreeMap;

use super::{AttributeValue, Category, CategoryPath, Product};
use crate::unicode::composed;

impl Product {
    /// The product with all its texts composed; `None` if they are. Addresses of pictures stay, because they are compared in
    /// bytes.
    pub fn with_composed_texts(&self) -> Option<Self> {
        let product = Self {
            name: composed(&self.name),
            description: self.description.as_deref().map(composed),
            brand: self.brand.as_deref().map(composed),
            category: self.category.with_composed_names(),
            attributes: composed_attributes(&self.attributes),
            ..self.clone()
        };
        (product != *self).then_some(product)
    }
}

impl CategoryPath {
    /// The ids stay: the tree says where they lead once its own names are composed.
    fn with_composed_names(&self) -> Self {
        let with_composed_name = |category: &Category| Category { name: composed(&category.name), ..category.clone() };
        Self(self.0.iter().map(with_composed_name).collect())
    }
}

/// Of two names that are one when they are composed, the value of the composed one stays.
fn composed_attributes(attributes: &BTreeMap<String, AttributeValue>) -> BTreeMap<String, AttributeValue> {
    let value = |value: &AttributeValue| match value {
        AttributeValue::Text(text) => AttributeValue::Text(composed(text)),
        other => other.clone(),
    };
    let (stay, change): (Vec<_>, Vec<_>) = attributes.iter().partition(|(name, _)| composed(name) == **name);
    change.into_iter().chain(stay).map(|(name, old)| (composed(name), value(old))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NFD: &str = "Mo\u{308}bel";

    /// A product as an earlier release stored it.
    fn stored() -> Product {
        let category = |id: &str, name: &str, parent: Option<&str>| Category {
            category_id: id.parse().expect("an id"),
            name: name.to_owned(),
            parent_id: parent.map(|parent| parent.parse().expect("an id")),
        };
        let text = |text: &str| AttributeValue::Text(text.to_owned());
        Product {
            product_id: "sku-1".parse().expect("an id"),
            name: NFD.to_owned(),
            description: Some(NFD.to_owned()),
            brand: Some(NFD.to_owned()),
            category: CategoryPath(vec![
                category("mo-bel", NFD, None),
                category("mo-bel.sofas", "Sofas", Some("mo-bel")),
            ]),
            attributes: BTreeMap::from([(NFD.to_owned(), text(NFD)), ("Yield".to_owned(), text("7"))]),
            price_minor: 1,
            compare_at_price_minor: None,
            currency: "EUR".parse().expect("a currency"),
            image_url: Some(format!("https://example.com/{NFD}.jpg")),
            thumbnail_url: None,
            ean: Vec::new(),
            released: None,
            max_per_order: None,
            stock_shards: 3,
            version: 7,
        }
    }

    #[test]
    fn all_texts_are_composed() {
        let stored = stored();
        let product = stored.with_composed_texts().expect("another product");
        assert_eq!((product.name.as_str(), product.brand.as_deref()), ("Möbel", Some("Möbel")));
        assert_eq!(product.description.as_deref(), Some("Möbel"));
        let category: Vec<_> =
            product.category.categories().iter().map(|c| (c.category_id.as_str(), c.name.as_str())).collect();
        assert_eq!(category, [("mo-bel", "Möbel"), ("mo-bel.sofas", "Sofas")]);
        assert_eq!(product.attributes.get("Möbel").map(AttributeValue::as_text), Some("Möbel"));
        assert_eq!((product.image_url.as_deref(), product.stock_shards), (stored.image_url.as_deref(), 3));
        assert_eq!(product.with_composed_texts(), None, "once is enough");
    }

    #[test]
    fn a_composed_attribute_wins_over_its_decomposed_twin() {
        let number = |number: &str| AttributeValue::Number(number.to_owned());
        for (decomposed, other) in [("1", "2"), ("2", "1")] {
            let twins = BTreeMap::from([(NFD.to_owned(), number(decomposed)), ("Möbel".to_owned(), number(other))]);
            assert_eq!(composed_attributes(&twins), BTreeMap::from([("Möbel".to_owned(), number(other))]));
        }
    }
}
