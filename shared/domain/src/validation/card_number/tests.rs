use proptest::prelude::*;

use super::*;

/// Test numbers of issuers.
const CARDS: [&str; 8] = [
    "4242424242424242",
    "5555555555554444",
    "378282246310005",
    "6011111111111117",
    "30569309025904",
    "2223003122003222",
    "6200000000000005",
    "4000000000000000006",
];

#[test]
fn card_numbers_are_recognised() {
    let cards = [
        "4242 4242 4242 4242",
        "4242-4242-4242-4242 12/28 123",
        "no 7, 4242.4242.4242.4242",
        "card: 3782-822463-10005, thanks",
        "pay4242424242424242now",
        r#"{"a":[4242424242424242]}"#,
        "4242_4242_4242_4242",
        "4242/4242/4242/4242",
        "4242,4242,4242,4242",
        "4242  4242  4242  4242",
        "4242\u{2009}4242\u{2009}4242\u{2009}4242",
        "4242\u{202f}4242\u{202f}4242\u{202f}4242",
        "\u{ff14}\u{ff12}42424242424242",
        "\u{2463}2424242 4242424\u{2461}",
        "\u{664}\u{662}42424242424242",
        "42424242 42424242",
        "42424242+42424242",
        "4242\n4242\n4242\n4242",
        "4\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3}42424242424242",
        "4242\u{200b}4242\u{200d}4242\u{ad}4242",
        "4242 \u{2013} 4242 \u{2013} 4242 \u{2013} 4242",
        "4-2-4-2-4-2-4-2-4-2-4-2-4-2-4-2",
        "14242424242424242",
        "424242424242424299",
        "42424242424242424242",
        "42424242-4242-4242-4242-000000000000",
    ];
    for card in cards.into_iter().chain(CARDS) {
        assert!(looks_like_card_number(card), "{card}");
    }
}

#[test]
fn other_numbers_are_not() {
    let others = [
        "",
        "4242424242424241",
        "sandbox_success",
        "pm_1N4242",
        "0049 30 123456",
        "4242",
        "1 Main St, 62701",
        "4006381333931",                        // an EAN
        "4006381333900",                        // one that passes the Luhn check
        "00012345600012",                       // a GTIN of 14 digits
        "+49 1512 3456789",                     // a telephone
        "0190a5a0-0000-7000-8000-000000000001", // a UUID
        "42424242-4242-4242-a123-000000000000",
        "1795503420000", // milliseconds
        "4242a4242a4242a4242",
        "4242     4242     4242     4242",
        "4006381333931 and 4006381333900",
    ];
    for other in others {
        assert!(!looks_like_card_number(other), "{other}");
    }
}

proptest! {
    /// Any spelling with up to four characters that are no letters between digits.
    #[test]
    fn every_spelling_is_recognised(
        card in prop::sample::select(&CARDS[..]),
        gaps in prop::collection::vec("[ _/,.+:;()\\\\#|*\u{a0}\u{2009}\u{200b}\u{2013}-]{0,4}", 19),
        wide in prop::collection::vec(any::<bool>(), 19),
        around in ("[a-z ]{0,5}[a-z]|", "([a-z][a-z0-9 ]{0,5})?"),
    ) {
        let wide_digit = |digit: char| char::from_u32(0xff10 + u32::from(digit) - u32::from('0')).expect("a digit");
        let digits = card.chars().zip(&wide).map(|(digit, wide)| if *wide { wide_digit(digit) } else { digit });
        let spelled: String = digits.zip(&gaps).flat_map(|(digit, gap)| [digit.to_string(), gap.clone()]).collect();
        let text = format!("{}{spelled}{}", around.0, around.1);
        prop_assert!(looks_like_card_number(&text), "{text}");
    }

    #[test]
    fn any_text_is_checked(text in "\\PC{0,80}") {
        let _ = looks_like_card_number(&text);
    }

    #[test]
    fn thirteen_digits_are_none(text in "[0-9]{13}") {
        prop_assert!(!looks_like_card_number(&text));
    }
}

/// A generator of numbers that is the same in every run (SplitMix64).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    /// Replaces each `#` by a digit and each `%` by a hexadecimal digit.
    fn filled(&mut self, pattern: &str) -> String {
        let fill = |c: char| match c {
            '#' => char::from_digit(u32::try_from(self.below(10)).expect("a digit"), 10).expect("a digit"),
            '%' => char::from_digit(u32::try_from(self.below(16)).expect("a digit"), 16).expect("a digit"),
            other => other,
        };
        pattern.chars().map(fill).collect()
    }

    fn one_of<'a>(&mut self, patterns: &[&'a str]) -> &'a str {
        let place = self.below(u64::try_from(patterns.len()).expect("few"));
        patterns[usize::try_from(place).expect("few")]
    }
}

/// Texts that are refused, of 100,000 of a kind. docs/security.md has the same table: `cargo test -p souk-domain
/// false_alarms -- --nocapture` prints it.
#[test]
#[expect(clippy::print_stdout, reason = "the table is the result")]
fn false_alarms_are_rare() {
    const TEXTS: u32 = 100_000;
    let telephones = [
        "+##############",
        "+###############",
        "+1 ### ### ####",
        "+49 15## #######",
        "+44 20 #### ####",
        "00## ### ########",
        "+### ## ### ## ###",
        "(0##) ####-####",
    ];
    let addresses = [
        "### Main Street, Springfield, IL #####",
        "Hauptstra\u{df}e ## / #, ##### Berlin",
        "Apt ##, #### NW ##th Ave, Portland OR #####-####",
        "PO Box #####, London SW#A #AA, +44 20 #### ####",
        "\u{3012}###-#### \u{6771}\u{4eac}\u{90fd}#-##-#",
        "Block ###, #-##, Singapore ######",
    ];
    let kinds: [(&str, &[&str], u32); 7] = [
        ("telephone numbers, some of 14 and 15 random digits", &telephones, 500),
        ("two telephone numbers", &["+1 ### ### ####, +1 ### ### ####", "030 ####### / 0171 #######"], 38_000),
        ("EANs of 13 digits", &["#############"], 0),
        ("GTINs of 14 digits", &["0#############", "1#############"], 0),
        ("order ids", &["0190%%%%-%%%%-7%%%-9%%%-%%%%%%%%%%%%", "%%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%"], 5),
        ("addresses", &addresses, 300),
        ("tracking numbers of 20 digits in a text", &["parcel 0034################"], 30_000),
    ];
    let mut seeded = Seeded(17);
    for (kind, patterns, bound) in kinds {
        let refused = (0..TEXTS).filter(|_| {
            let pattern = seeded.one_of(patterns);
            looks_like_card_number(&seeded.filled(pattern))
        });
        let refused = u32::try_from(refused.count()).expect("few");
        println!("| {kind} | {refused} of {TEXTS} |");
        assert!(refused <= bound, "{kind}: {refused} of {TEXTS} are refused");
    }
}
