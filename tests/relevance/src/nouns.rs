//! Nouns for products, from the names of categories.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::Catalogue;

/// Nouns whose plural has no rule.
pub(crate) const IRREGULAR: [(&str, &str); 14] = [
    ("mouse", "mice"),
    ("foot", "feet"),
    ("tooth", "teeth"),
    ("man", "men"),
    ("woman", "women"),
    ("child", "children"),
    ("shelf", "shelves"),
    ("knife", "knives"),
    ("leaf", "leaves"),
    ("half", "halves"),
    ("scarf", "scarves"),
    ("matrix", "matrices"),
    ("index", "indices"),
    ("quiz", "quizzes"),
];

/// A noun with the products of its categories.
pub(crate) struct Noun {
    /// As the category has it, in lower case, usually plural: `ink cartridges`.
    pub(crate) plural: String,
    /// `ink cartridge`
    pub(crate) singular: String,
    /// Numbers of products.
    pub(crate) products: BTreeSet<usize>,
}

/// Each segment of each category's name (`Keyboards & keypads` has two), in alphabetical order.
pub(crate) fn nouns(catalogue: &Catalogue) -> Vec<Noun> {
    let mut nouns: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (number, item) in catalogue.items.iter().enumerate() {
        let Some(leaf) = item.product.category.leaf() else { continue };
        for segment in segments(&leaf.name) {
            nouns.entry(segment).or_default().insert(number);
        }
    }
    let named = |(plural, products): (String, BTreeSet<usize>)| Noun { singular: singular(&plural), plural, products };
    nouns.into_iter().map(named).collect()
}

/// The nouns of a category's name, in lower case: `Keyboards & keypads` has two.
pub(crate) fn segments(name: &str) -> Vec<String> {
    let segments = name.split(['&', ',', '/']).flat_map(|name| name.split(" and "));
    segments.map(|segment| segment.trim().to_lowercase()).filter(|segment| segment.chars().count() >= 3).collect()
}

/// The singular of the last word, by English rules.
pub(crate) fn singular(plural: &str) -> String {
    let stem = |end: &str| plural.strip_suffix(end);
    let (before, last) = plural.rsplit_once(' ').map_or(("", plural), |(before, last)| (before, last));
    if let Some((singular, _)) = IRREGULAR.iter().find(|(_, irregular)| *irregular == last) {
        return format!("{before} {singular}").trim_start().to_owned();
    }
    match () {
        () if plural.ends_with("ss") || plural.len() <= 3 => plural.to_owned(),
        () if plural.ends_with("ies") => format!("{}y", stem("ies").unwrap_or(plural)),
        () if ["shes", "ches", "xes", "sses"].iter().any(|end| plural.ends_with(end)) => {
            stem("es").unwrap_or(plural).to_owned()
        }
        () => stem("s").unwrap_or(plural).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singulars_follow_the_usual_rules() {
        for (plural, expected) in [
            ("ink cartridges", "ink cartridge"),
            ("batteries", "battery"),
            ("switches", "switch"),
            ("mice", "mouse"),
            ("kitchen knives", "kitchen knife"),
            ("ups", "ups"),
        ] {
            assert_eq!(singular(plural), expected);
        }
    }
}
