//! The two forms of a text: composed, in which it is stored, and folded, in which brands and attributes are compared.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// The text in Normalization Form C, in which `é` is one character. A Mac and some suppliers write it as two (NFD),
/// which looks the same and is another text to a computer. Every stored text is in this form.
pub fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// The text as brands and attributes are compared: `HP` as `hp`, `Citroën` as `citroen`, `Straße` as `strasse`.
///
/// The filter and the facet of a field both use this function, at the time of a search and at the time of indexing, so
/// that they cannot disagree. It ignores:
/// - upper and lower case, and the form of a final sigma
/// - accents of Latin and Greek letters, and `ё` for `е`; marks of other scripts tell words apart (`й` and `и`, `が` and
///   `か`), so they stay
/// - ligatures and other letters that some keyboards lack: `ø` for `o`, `ß` for `ss`
/// - the width of a character, the number of spaces, characters that nobody sees, typographic quotes and dashes
///
/// Digits stay what they are: `10²` is not 102.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut base = ' ';
    for c in DecomposingNormalizerBorrowed::new_nfd().normalize(text).chars().map(half_width) {
        if is_dropped(c) || is_ignored_mark(base, c) {
            continue;
        }
        if c.is_whitespace() {
            base = ' ';
            if !folded.ends_with(' ') {
                folded.push(' ');
            }
            continue;
        }
        for lower in c.to_lowercase() {
            match plain(lower) {
                "" => folded.push(lower),
                letters => folded.push_str(letters),
            }
        }
        if !is_mark(c) {
            base = folded.chars().next_back().unwrap_or(' ');
        }
    }
    composed(folded.trim())
}

/// A combining mark of Latin, Greek and Cyrillic letters.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Whether a mark after a letter in lower case does not count.
const fn is_ignored_mark(base: char, mark: char) -> bool {
    let is_latin = matches!(base, 'a'..='z' | '\u{c0}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}');
    let is_greek = matches!(base, '\u{370}'..='\u{3ff}');
    is_mark(mark) && (is_latin || is_greek || matches!((base, mark), ('е', '\u{308}')))
}

/// Characters that are not seen: soft hyphens, joiners, marks of direction, variation selectors.
const fn is_dropped(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}')
}

/// `Ａ` as `A`.
fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// The plain form of a letter in lower case or of a sign; empty if it has none.
const fn plain(c: char) -> &'static str {
    match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ĳ' => "ij",
        'ŋ' => "n",
        'ſ' => "s",
        'ŧ' => "t",
        'ƒ' => "f",
        'ς' => "σ",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' | 'ﬆ' => "st",
        '‘' | '’' | 'ʼ' | '′' => "'",
        '“' | '”' | '″' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '−' => "-",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_brand_are_folded_into_one() {
        for (key, spellings) in [
            ("hp", &["HP", "Hp", "hp", "ＨＰ", " h\u{200b}p "][..]),
            ("citroen", &["Citroën", "Citroe\u{308}n", "CITROEN", "citroën"]),
            ("strasse", &["Straße", "STRASSE", "STRAẞE", "strasse"]),
            ("angstrom", &["Ångström", "A\u{30a}ngstro\u{308}m", "\u{212b}ngström"]),
            ("istanbul", &["İstanbul", "Istanbul", "ıstanbul", "I\u{307}stanbul"]),
            ("smorrebrod", &["Smørrebrød", "SMØRREBRØD"]),
            ("οδοσ", &["ΟΔΟΣ", "οδός", "Οδος"]),
            ("елка", &["Ёлка", "елка", "Е\u{308}лка"]),
            ("новый", &["НОВЫЙ", "новыи\u{306}"]),
            ("levi's red-tab", &["Levi’s  Red‑Tab", "LEVI'S\u{a0}RED-TAB"]),
            ("final file", &["ﬁnal ﬁle", "Final File"]),
            ("がす", &["がす", "か\u{3099}す"]),
            ("한국", &["한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"]),
        ] {
            for spelling in spellings {
                assert_eq!(folded(spelling), key, "{spelling:?}");
            }
        }
    }

    #[test]
    fn different_texts_stay_different() {
        for (one, other) in [
            ("10²", "102"),
            ("й", "и"),
            ("が", "か"),
            ("c#", "c++"),
            ("1.5", "15"),
            ("小米", "晓米"),
            ("a b", "ab"),
            ("ї", "і"),
            ("कि", "का"),
            ("50%", "50"),
        ] {
            assert_ne!(folded(one), folded(other));
        }
    }

    #[test]
    fn a_text_is_composed() {
        assert_eq!(composed("Cafe\u{301} Ø \u{212b}"), "Café Ø Å");
        assert_eq!(composed("plain"), "plain");
    }

    proptest! {
        #[test]
        fn folding_is_stable_and_ignores_the_normal_form(
            raw in prop::collection::vec(
                prop_oneof![any::<char>(), "[a-zA-ZßÅéёйς\u{300}-\u{36f}\u{200d}\u{323} 　Ａか\u{3099}]".prop_map(|s| s.chars().next().unwrap_or('x'))],
                0..12,
            ),
        ) {
            let raw: String = raw.into_iter().collect();
            let key = folded(&raw);
            prop_assert_eq!(&folded(&key), &key, "{:?}", raw);
            prop_assert_eq!(&folded(&composed(&raw)), &key, "{:?}", raw);
            prop_assert_eq!(composed(&key), key, "{:?}", raw);
        }
    }
}
