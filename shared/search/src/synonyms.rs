//! Other words for the same thing, of general retail English.
//!
//! They widen the query, not the index, so that a list that staff edit can take this place without a reindex.

/// Words of one meaning, in lower case and singular. Several words in one entry stand next to each other.
const GROUPS: &[&[&str]] = &[
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

/// The other members of the groups that this term, one word or several, belongs to.
pub(crate) fn of(term: &str) -> impl Iterator<Item = &'static str> {
    let singular = term.strip_suffix('s').filter(|_| !term.ends_with("ss")).unwrap_or(term).to_owned();
    let term = term.to_owned();
    let is_it = move |known: &str| known == term || known == singular;
    GROUPS.iter().filter(move |group| group.iter().any(|known| is_it(known))).flat_map(|group| group.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_have_the_same_synonyms() {
        assert!(of("laptops").any(|term| term == "notebook"));
        assert!(of("cell phones").any(|term| term == "smartphone"));
        assert_eq!(of("glass").count(), 0);
    }
}
