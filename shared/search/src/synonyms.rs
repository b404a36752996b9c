//! Synonyms. They widen the query, not the index, so that a change needs no reindex.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock};

use souk_domain::synonyms::SynonymGroups;

use crate::text::words;
use crate::word::Word;

/// The list until staff write their own: general retail English.
const DEFAULT: &[&[&str]] = &[
    &["notebook", "laptop"],
    &["tv", "television"],
    &["mobile phone", "cell phone", "cellphone", "smartphone"],
    &["usb flash drive", "usb stick", "memory stick", "pen drive", "thumb drive"],
    &["hard drive", "hard disk", "hdd"],
    &["solid state drive", "ssd"],
    &["graphics card", "video card", "gpu"],
    &["processor", "cpu"],
    &["memory module", "ram"],
    &["headphone", "earphone", "headset"],
    &["router", "wlan router"],
    &["wifi", "wlan", "wireless lan"],
    &["ups", "uninterruptible power supply"],
    &["power supply", "psu"],
    &["multifunctional", "all in one printer", "multifunction printer"],
    &["fridge", "refrigerator"],
    &["hoover", "vacuum cleaner"],
    &["desktop", "desktop computer"],
    &["display", "monitor"],
    &["colour", "color"],
    &["grey", "gray"],
    &["centre", "center"],
    &["fibre", "fiber"],
    &["aluminium", "aluminum"],
    &["litre", "liter"],
    &["metre", "meter"],
];

/// The synonyms of each term. Cheap to clone, and to compare with a clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonyms(Arc<HashMap<String, Vec<String>>>);

impl Synonyms {
    /// The list until staff write their own.
    pub fn default_groups() -> &'static SynonymGroups {
        static GROUPS: LazyLock<SynonymGroups> = LazyLock::new(|| {
            let groups: Vec<Vec<&str>> = DEFAULT.iter().map(|group| group.to_vec()).collect();
            SynonymGroups::new(&groups).unwrap_or_default()
        });
        &GROUPS
    }

    /// The synonyms of a term of one word or several; a plural has those of its singular.
    pub(crate) fn of(&self, term: &str) -> &[String] {
        let singular = || term.strip_suffix('s').filter(|_| !term.ends_with("ss"));
        let found = self.0.get(term).or_else(|| self.0.get(singular()?));
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

/// Nearly all queries have the same synonyms, so hashing all of them does not pay.
impl Hash for Synonyms {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.len().hash(state);
    }
}

impl From<&SynonymGroups> for Synonyms {
    fn from(groups: &SynonymGroups) -> Self {
        let mut others: HashMap<String, Vec<String>> = HashMap::new();
        for group in groups.groups() {
            let spellings: Vec<_> = group.iter().map(|term| spellings(term)).collect();
            for own in &spellings {
                for term in own {
                    let known = others.entry(term.clone()).or_default();
                    for other in spellings.iter().filter(|other| *other != own).flatten() {
                        if other != term && !known.contains(other) {
                            known.push(other.clone());
                        }
                    }
                }
            }
        }
        Self(Arc::new(others))
    }
}

/// The ways to write a term that are found: with a space for each sign, and without signs. `air-intaq` is `air intaq`
/// and `airintaq`.
fn spellings(term: &str) -> Vec<String> {
    let words = words(term);
    let has_sign = |word: &Word| word.typed.contains(|c: char| !c.is_alphanumeric());
    let spaced = words.iter().map(|word| if has_sign(word) { word.parts.join(" ") } else { word.whole.clone() });
    let spaced = spaced.collect::<Vec<_>>().join(" ");
    let whole = words.iter().map(|word| word.whole.as_str()).collect::<Vec<_>>().join(" ");
    if spaced == whole { vec![whole] } else { vec![spaced, whole] }
}

impl Default for Synonyms {
    fn default() -> Self {
        static SYNONYMS: LazyLock<Synonyms> = LazyLock::new(|| Synonyms::from(Synonyms::default_groups()));
        SYNONYMS.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_have_the_same_synonyms() {
        let synonyms = Synonyms::default();
        assert_eq!(synonyms.of("laptops"), ["notebook"]);
        assert!(synonyms.of("cell phones").contains(&"smartphone".to_owned()));
        assert_eq!(synonyms.of("glass"), [""; 0]);
    }

    #[test]
    fn the_default_list_is_within_the_limits_of_staff_lists() {
        assert_eq!(Synonyms::default_groups().groups().len(), DEFAULT.len());
    }

    #[test]
    fn hyphenated_terms_are_found_in_every_spelling() {
        let groups = SynonymGroups::new(&[vec!["AIR-INTAQ", "air intake"], vec!["e.l.f.", "elf"]]).expect("good");
        let synonyms = Synonyms::from(&groups);
        assert_eq!(synonyms.of("airintaq"), ["air intake"]);
        assert_eq!(synonyms.of("air intaq"), ["air intake"]);
        assert_eq!(synonyms.of("air intake"), ["air intaq", "airintaq"]);
        assert_eq!(synonyms.of("air intakes"), ["air intaq", "airintaq"]);
        assert_eq!(synonyms.of("elf"), ["e l f"]);
    }

    #[test]
    fn a_term_of_two_groups_has_the_synonyms_of_both() {
        let groups = SynonymGroups::new(&[vec!["mouse", "rodent"], vec!["mouse", "pointer", "rodent"]]).expect("good");
        assert_eq!(Synonyms::from(&groups).of("mouse"), ["rodent", "pointer"]);
    }
}
