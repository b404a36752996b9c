//! Which spelling of a folded brand or attribute is shown: the most frequent one.

use std::collections::{BTreeMap, HashMap};

/// The spellings of each key, with how many products have each.
#[derive(Debug, Default)]
pub(crate) struct Spellings(HashMap<String, BTreeMap<String, u64>>);

impl Spellings {
    /// Counts a spelling.
    pub(crate) fn add(&mut self, key: &str, spelling: &str, count: u64) {
        *self.0.entry(key.to_owned()).or_default().entry(spelling.to_owned()).or_default() += count;
    }

    /// The most frequent spelling of a key; of several, the first by code points, so that the choice is stable.
    pub(crate) fn of(&self, key: &str) -> Option<&str> {
        let spellings = self.0.get(key)?.iter();
        spellings.rev().max_by_key(|(_, count)| **count).map(|(spelling, _)| spelling.as_str())
    }

    /// The most frequent spelling of each key, those of most products first.
    pub(crate) fn by_frequency(&self) -> Vec<&str> {
        let all = |key: &str| self.0.get(key).map(|spellings| spellings.values().sum::<u64>()).unwrap_or_default();
        let mut keys: Vec<(u64, &str)> = self.0.keys().map(|key| (all(key), key.as_str())).collect();
        keys.sort_by(|(count, key), (other_count, other)| other_count.cmp(count).then_with(|| key.cmp(other)));
        keys.into_iter().filter_map(|(_, key)| self.of(key)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_spelling_is_shown() {
        let mut spellings = Spellings::default();
        for (key, spelling, count) in
            [("hp", "Hp", 3), ("hp", "HP", 2), ("a", "a", 4), ("a", "A", 4), ("hp", "HP", 2), ("b", "B", 7)]
        {
            spellings.add(key, spelling, count);
        }
        assert_eq!((spellings.of("hp"), spellings.of("a"), spellings.of("x")), (Some("HP"), Some("A"), None));
        assert_eq!(spellings.by_frequency(), ["A", "B", "HP"]);
    }
}
