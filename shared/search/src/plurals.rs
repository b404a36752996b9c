//! Plurals of English nouns that the stemmer of the index does not know, and words that only look like plurals.
//!
//! `cargo xtask bench relevance --stemmers` compares stemmers on the nouns of a catalogue. OpenSearch's
//! `plural_english` was chosen: it cuts nothing but plurals, and it is in every OpenSearch.

/// Irregular plurals, and short ones (`protected_pattern` protects words of three letters).
pub(crate) const IRREGULAR: &[&str] = &[
    // Another word in the plural.
    "mice, mouses => mouse",
    "feet => foot",
    "teeth => tooth",
    "geese => goose",
    "men, mens => man",
    "women, womens => woman",
    "children => child",
    "dice => die",
    // -f and -fe.
    "shelves => shelf",
    "bookshelves => bookshelf",
    "knives => knife",
    "penknives => penknife",
    "leaves => leaf",
    "halves => half",
    "wolves => wolf",
    "loaves => loaf",
    "scarves => scarf",
    "calves => calf",
    "hooves => hoof",
    "elves => elf",
    // -ie, not -y.
    "cookies => cookie",
    "movies => movie",
    "hoodies => hoodie",
    "selfies => selfie",
    "smoothies => smoothie",
    "calories => calorie",
    "zombies => zombie",
    "brownies => brownie",
    "beanies => beanie",
    "onesies => onesie",
    "neckties => necktie",
    "freebies => freebie",
    "walkies => walkie",
    "talkies => talkie",
    "veggies => veggie",
    "genies => genie",
    // -s in the singular.
    "lens, lenses => lens",
    "gases => gas",
    "buses => bus",
    "canvas, canvases => canvas",
    "atlas, atlases => atlas",
    "iris, irises => iris",
    "viruses => virus",
    "bonuses => bonus",
    "statuses => status",
    "chassis => chassis",
    "axis => axis",
    "basis => basis",
    "series => series",
    "species => species",
    // -us after a -u: the stemmer does not cut it.
    "cpus => cpu",
    "gpus => gpu",
    "npus => npu",
    "menus => menu",
    // Latin.
    "matrices => matrix",
    "indices => index",
    "appendices => appendix",
    // Others.
    "quizzes => quiz",
    "niches => niche",
    "toes => toe",
    "days => day",
    // Of three letters.
    "pcs => pc",
    "tvs => tv",
    "cds => cd",
];

/// Words that mean something else without their `s`.
pub(crate) const PROTECTED: &[&str] = &[
    "glasses", "news", "windows", "mains", "shorts", "tights", "goods", "customs", "means", "does", "this", "always",
    "clothes", "sweets", "savings", "bios", "maths", "pants", "jeans",
];

/// Words that are not cut: those above, and all of up to three letters (UPS, GPS, SAS).
pub(crate) fn protected_pattern() -> String {
    format!("^(?:.{{1,3}}|{})$", PROTECTED.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A word with two rules would follow the first one only.
    #[test]
    fn every_word_has_one_rule() {
        let mut words: Vec<&str> = PROTECTED.to_vec();
        words.extend(IRREGULAR.iter().filter_map(|rule| rule.split(" => ").next()).flat_map(|from| from.split(", ")));
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }
}
