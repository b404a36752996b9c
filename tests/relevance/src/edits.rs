//! Misspellings: each kind of edit at each place of a word.

use souk_rng::SeededRng;

/// The kind of misspelling.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Edit {
    /// A letter is missing.
    Missing,
    /// An additional letter.
    Added,
    /// A wrong letter.
    Wrong,
    /// Two letters in the wrong order.
    Swapped,
}

/// The place of the edit.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    First,
    Middle,
    Last,
}

/// Every kind at every place, with the name of its row.
pub(crate) const ALL: [(Edit, Place, &str); 12] = [
    (Edit::Missing, Place::First, "misspelt: missing, first"),
    (Edit::Missing, Place::Middle, "misspelt: missing, middle"),
    (Edit::Missing, Place::Last, "misspelt: missing, last"),
    (Edit::Added, Place::First, "misspelt: added, first"),
    (Edit::Added, Place::Middle, "misspelt: added, middle"),
    (Edit::Added, Place::Last, "misspelt: added, last"),
    (Edit::Wrong, Place::First, "misspelt: wrong, first"),
    (Edit::Wrong, Place::Middle, "misspelt: wrong, middle"),
    (Edit::Wrong, Place::Last, "misspelt: wrong, last"),
    (Edit::Swapped, Place::First, "misspelt: swapped, first"),
    (Edit::Swapped, Place::Middle, "misspelt: swapped, middle"),
    (Edit::Swapped, Place::Last, "misspelt: swapped, last"),
];

/// The word with one edit. Words have at least three letters.
pub(crate) fn misspell(word: &str, edit: Edit, place: Place, random: &mut SeededRng) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let last = letters.len() - 1;
    let at = match place {
        Place::First => 0,
        Place::Middle => pick(random, 1, last - 1),
        Place::Last => last,
    };
    match edit {
        Edit::Missing => {
            letters.remove(at);
        }
        Edit::Added => letters.insert(if matches!(place, Place::Last) { at + 1 } else { at }, letter(random)),
        Edit::Wrong => letters[at] = letter(random),
        Edit::Swapped => letters.swap(at.min(last - 1), at.min(last - 1) + 1),
    }
    letters.into_iter().collect()
}

/// A number from `low` to `high`, both included.
pub(crate) fn pick(random: &mut SeededRng, low: usize, high: usize) -> usize {
    usize::try_from(random.between(low as u64, high as u64)).unwrap_or(low)
}

fn letter(random: &mut SeededRng) -> char {
    char::from(b'a' + u8::try_from(random.between(0, 25)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edit_is_where_it_says() {
        let mut random = SeededRng::new(1, 1);
        let mut misspelt = |edit, place| misspell("printer", edit, place, &mut random);
        assert_eq!(misspelt(Edit::Missing, Place::First), "rinter");
        assert_eq!(misspelt(Edit::Missing, Place::Last), "printe");
        assert_eq!(misspelt(Edit::Swapped, Place::First), "rpinter");
        assert_eq!(misspelt(Edit::Swapped, Place::Last), "printre");
        assert!(misspelt(Edit::Added, Place::First).ends_with("printer"));
        assert!(misspelt(Edit::Added, Place::Last).starts_with("printer"));
        assert!(misspelt(Edit::Wrong, Place::Middle).starts_with('p'));
        assert_eq!(misspelt(Edit::Wrong, Place::Middle).len(), 7);
    }
}
