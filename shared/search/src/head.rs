//! The head nouns of a product's name: the words that say what the product is, rather than what it goes with. A notebook
//! bag is a bag; a case for a phone, in black, is a case.

/// Most head nouns of one name; the first ones are likelier.
const MAX_HEADS: usize = 6;
/// Most words of a head noun with what qualifies it: `usb flash drive`.
const MAX_HEAD_WORDS: usize = 4;
/// Longest abbreviation, in characters: `USB`, `QWERTZ`.
const MAX_ACRONYM_CHARS: usize = 6;
/// What follows these words is not the product.
const PREPOSITIONS: [&str; 12] =
    ["for", "with", "without", "w", "from", "of", "in", "on", "by", "over", "incl", "including"];
/// After these words a noun is still to come: `SATA to USB adapter`.
const CONJUNCTIONS: [&str; 3] = ["and", "or", "to"];
/// They qualify a noun from behind: `mouse black`.
const COLOURS: &str = "anthracite beige black blue bronze brown chrome clear color colour cyan gold gray green grey \
    ivory magenta multicolor multicolour orange pink purple red silver transparent violet white yellow";

/// They tell models of a series apart, as abbreviations do: `Memory Stick Pro Duo`.
const SERIES: [&str; 10] = ["pro", "duo", "plus", "mini", "max", "ultra", "lite", "series", "edition", "version"];

/// The head nouns of a name, each with the words that qualify it (`laptop power supply`), in order. A noun is a head
/// where a run of plain words ends: at a number, a colour, a punctuation mark or a preposition, or where values follow
/// in capital letters (`keyboard QWERTY English`). What follows a preposition is left out. A name may have several,
/// because the name of a model looks like a noun, too.
pub(crate) fn heads(name: &str, brand: Option<&str>) -> Vec<String> {
    let mut heads = Vec::new();
    for run in runs(without(name, brand)) {
        for end in (before_variants(&run)..=run.len()).rev() {
            let Some((last, before)) = run[end.saturating_sub(MAX_HEAD_WORDS)..end].split_last() else { continue };
            for noun in last.split('/').filter(|noun| !noun.is_empty()) {
                let words: Vec<_> = before
                    .iter()
                    .flat_map(|word| word.split('/'))
                    .filter(|word| !word.is_empty())
                    .chain([noun])
                    .map(whole)
                    .collect();
                let head = words.join(" ");
                if heads.len() < MAX_HEADS && !heads.contains(&head) {
                    heads.push(head);
                }
            }
        }
    }
    heads
}

/// Whether a word qualifies the noun before it: a number, a measure or a colour.
pub(crate) fn follows_head(word: &str) -> bool {
    is_colour(word) || word.chars().any(char::is_numeric) || word == "inch"
}

fn is_colour(word: &str) -> bool {
    COLOURS.split(' ').any(|colour| colour.eq_ignore_ascii_case(word))
}

/// The name without the brand at its start.
fn without<'a>(name: &'a str, brand: Option<&str>) -> &'a str {
    brand.and_then(|brand| name.strip_prefix(brand)).filter(|rest| rest.starts_with(' ')).unwrap_or(name)
}

/// The runs of plain words before the first preposition that follows one.
fn runs(name: &str) -> Vec<Vec<&str>> {
    let (mut runs, mut run) = (Vec::new(), Vec::new());
    let words: Vec<_> = name.split_whitespace().flat_map(pieces).collect();
    for (at, piece) in words.iter().enumerate() {
        let plain = piece.text.trim_matches(|c: char| !c.is_alphanumeric());
        // 28 in: inches.
        let is_unit = plain == "in" && at > 0 && words[at - 1].text.ends_with(|c: char| c.is_ascii_digit());
        if is_preposition(plain) && !is_unit && !(run.is_empty() && runs.is_empty()) {
            break;
        }
        if piece.opens || !is_plain(plain) || is_colour(plain) || values_follow(&run, plain, words.get(at + 1)) {
            runs.push(std::mem::take(&mut run));
        }
        if is_plain(plain) && !is_colour(plain) && !is_preposition(plain) {
            run.push(plain);
        }
        if piece.closes {
            runs.push(std::mem::take(&mut run));
        }
    }
    runs.push(run);
    runs.retain(|run| run.last().is_some_and(|last| last.chars().count() > 1));
    runs
}

/// A word with the punctuation around it.
struct Piece<'a> {
    text: &'a str,
    opens: bool,
    closes: bool,
}

fn pieces(token: &str) -> impl Iterator<Item = Piece<'_>> {
    let inner = token.contains(',');
    let pieces = token.split(',').filter(|text| !text.is_empty());
    pieces.map(move |text| Piece {
        text,
        opens: text.starts_with(|c: char| !c.is_alphanumeric()),
        closes: inner || text.ends_with(['.', ';', ':', ')', ']', '"', '”']),
    })
}

/// A word as searches have it: in lower case and without punctuation.
fn whole(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a word may be a noun: letters, also with a hyphen or an apostrophe.
fn is_plain(word: &str) -> bool {
    word.chars().any(char::is_alphabetic) && !word.chars().any(char::is_numeric)
}

fn is_preposition(word: &str) -> bool {
    PREPOSITIONS.iter().any(|preposition| preposition.eq_ignore_ascii_case(word))
}

/// Whether a word after a run in lower case is a value: `network switch Fast Ethernet`. In `usb KVM switch` it is not,
/// because the noun is still to come.
fn values_follow(run: &[&str], word: &str, next: Option<&Piece<'_>>) -> bool {
    let is_lower = |word: &str| !word.chars().any(char::is_uppercase);
    let noun_follows = is_acronym(word)
        && next.is_some_and(|next| is_plain(next.text) && is_lower(next.text) && !is_preposition(next.text));
    let may_end = |last: &&str| is_lower(last) && !CONJUNCTIONS.contains(last);
    run.last().is_some_and(may_end) && !is_lower(word) && !noun_follows
}

/// Whether a word tells variants apart, rather than saying what they are.
fn is_variant(word: &str) -> bool {
    is_acronym(word) || SERIES.iter().any(|variant| variant.eq_ignore_ascii_case(word))
}

/// At least half in capital letters: `USB`, `Wi-Fi`.
fn is_acronym(word: &str) -> bool {
    let count = |is: fn(char) -> bool| word.chars().filter(|c| is(*c)).count();
    word.chars().count() <= MAX_ACRONYM_CHARS
        && count(char::is_uppercase) > 0
        && count(char::is_lowercase) <= count(char::is_uppercase)
}

/// Where the words before the acronyms and series at the end of a run end: `Keyboard USB`. The end of the run if it has
/// no others.
fn before_variants(run: &[&str]) -> usize {
    run.iter().rposition(|word| !is_variant(word)).map_or(run.len(), |last| last + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(name: &str) -> String {
        heads(name, None).join("; ")
    }

    #[test]
    fn a_noun_ends_a_run_of_plain_words() {
        for (name, expected) in [
            ("CHERRY G84-4100 keyboard USB QWERTZ German Black", "cherry; keyboard; usb qwertz german"),
            ("Speck keyboard cover 13\"", "speck keyboard cover"),
            ("Targus 15.6\" notebook backpack black", "targus; notebook backpack"),
            ("Moorgh laptop case, black", "moorgh laptop case"),
            ("Case for 15\" laptops, black", "case"),
            ("Acme Camera Pod 120 Mounting Bracket", "acme camera pod; mounting bracket"),
            ("Acme PC to TV Converter with Remote Control", "pc to tv converter"),
            ("Acme power supply (UPS) 330 VA", "acme power supply; ups; va"),
            ("Acme network switch Fast Ethernet", "acme network switch; fast ethernet"),
            ("Acme usb KVM switch", "acme usb kvm switch"),
            ("Acme wide flat TV", "acme wide flat; tv"),
            ("Acme Smart TV Wi-Fi Black", "acme smart tv wifi; acme smart tv; acme smart"),
            ("Acme USB keyboard or Mouse cable", "keyboard or mouse cable"),
            ("Acme Optical Mouse USB", "acme optical mouse usb; acme optical mouse"),
            ("Acme Memory Stick PRO Duo 2GB", "memory stick pro duo; acme memory stick pro; acme memory stick"),
            ("wireless headphones/headset White", "wireless headphones; wireless headset"),
            ("Acme keyboard/mouse support", "acme keyboard mouse support"),
            ("Acme Atlas 28 in Commuter Bike, black", "acme atlas; commuter bike"),
            ("Acme iPhone case", "acme iphone case"),
            ("Keyboards, pack of 2", "keyboards; pack"),
            ("For Gamers mouse", "gamers mouse"),
            ("LC-1000", ""),
            ("", ""),
        ] {
            assert_eq!(of(name), expected, "{name}");
        }
    }

    #[test]
    fn the_brand_is_no_noun() {
        assert_eq!(heads("Case Logic 15 sleeve", Some("Case Logic")), ["sleeve"]);
        assert_eq!(heads("Casepro sleeve", Some("Case")), ["casepro sleeve"]);
    }

    #[test]
    fn numbers_and_colours_qualify_the_noun_before_them() {
        assert!(["black", "27", "2m", "inch"].into_iter().all(follows_head));
        assert!(!follows_head("cable"));
    }

    proptest! {
        /// Whatever the name, its heads are few and short.
        #[test]
        fn heads_are_bounded(name in "[A-Za-z0-9 ,/()\"ßÉ東-]{0,60}") {
            let heads = heads(&name, None);
            prop_assert!(heads.len() <= MAX_HEADS);
            prop_assert!(heads.iter().all(|head| !head.is_empty() && head.len() <= 2 * name.len()), "{heads:?}");
        }
    }
}
