//! Possible card numbers in texts.

use icu_normalizer::ComposingNormalizerBorrowed;

/// Most characters between two digits of one number. Wider gaps are between different numbers.
const MAX_GAP_CHARS: usize = 4;
/// Fewest and most digits of a card number.
const DIGITS: std::ops::RangeInclusive<usize> = 14..=19;
/// The zeros of the scripts that NFKC does not turn into ASCII digits. The other nine digits follow each.
const ZEROS: [u32; 20] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040,
    0x17e0, 0x1810, 0x19d0, 0x1a80,
];

/// Whether a text contains a possible card number. Such a text is refused before it is stored or logged. This is defence in
/// depth: card data is entered in the provider's fields and never sent here (PCI DSS SAQ-A), and a filter can be evaded.
///
/// The text is normalised (NFKC), and digits of any script count. Every window of 14 to 19 digits is checked that has no
/// letter and at most [`MAX_GAP_CHARS`] other characters between two digits: a card number matches an issuer's range and
/// length and passes the Luhn check. Shorter numbers are allowed: product codes (EAN, UPC) have up to 13 digits and one in
/// ten passes the Luhn check by chance, while cards with 13 digits are no longer issued. UUIDs are left out: they are the
/// shop's ids and the usual idempotency keys. docs/security.md has the rates of false alarms.
pub fn looks_like_card_number(raw: &str) -> bool {
    if raw.is_ascii() && raw.bytes().filter(u8::is_ascii_digit).count() < *DIGITS.start() {
        return false; // most texts
    }
    let normalised = ComposingNormalizerBorrowed::new_nfkc().normalize(raw);
    let mut number: Vec<u32> = Vec::new();
    let mut gap = 0;
    for c in without_uuids(&normalised) {
        if let Some(digit) = digit(c) {
            number.push(digit);
            gap = 0;
        } else if !is_invisible(c) {
            gap += 1;
            if c.is_alphabetic() || gap > MAX_GAP_CHARS {
                if has_card(&number) {
                    return true;
                }
                number.clear();
            }
        }
    }
    has_card(&number)
}

fn digit(c: char) -> Option<u32> {
    let of_script = || ZEROS.into_iter().find_map(|zero| u32::from(c).checked_sub(zero).filter(|digit| *digit < 10));
    if c.is_ascii() { c.to_digit(10) } else { of_script() }
}

/// Characters without a width do not separate digits.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

/// The characters, with the letter `u` instead of each UUID.
fn without_uuids(text: &str) -> impl Iterator<Item = char> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        if let Some(after) = after_uuid(rest) {
            rest = after;
            return Some('u');
        }
        let c = rest.chars().next()?;
        rest = &rest[c.len_utf8()..];
        Some(c)
    })
}

/// What follows the UUID with which a text begins. A UUID without a hexadecimal letter is a number in disguise: one in a
/// million has none.
fn after_uuid(text: &str) -> Option<&str> {
    const LENGTH: usize = 36;
    let uuid = text.get(..LENGTH)?;
    let fits =
        |(place, b): (usize, u8)| if matches!(place, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_hexdigit() };
    let is_uuid = uuid.bytes().enumerate().all(fits) && uuid.bytes().any(|b| b.is_ascii_alphabetic());
    is_uuid.then(|| &text[LENGTH..])
}

/// Whether some digits that follow each other are a card number.
fn has_card(number: &[u32]) -> bool {
    DIGITS.into_iter().any(|length| number.windows(length).any(is_card))
}

fn is_card(digits: &[u32]) -> bool {
    is_issued(digits) && passes_luhn(digits)
}

/// Issuers' ranges with their lengths.
fn is_issued(digits: &[u32]) -> bool {
    let first = |length: usize| digits.iter().take(length).fold(0, |number, digit| number * 10 + digit);
    let maestro = || matches!(first(2), 50 | 56..=58 | 60..=69);
    let jcb = || matches!(first(4), 3528..=3589);
    match digits.len() {
        14 => matches!(first(3), 300..=305 | 309 | 360..=369 | 380..=399), // Diners Club
        15 => matches!(first(2), 34 | 37),                                 // American Express
        16 => {
            // Visa, Mastercard, Maestro, Discover, UnionPay, JCB, Diners Club, Mir
            jcb()
                || matches!(first(1), 4..=6)
                || matches!(first(4), 2200..=2204 | 2221..=2720)
                || matches!(first(2), 30 | 36 | 38 | 39 | 81)
        }
        17 | 18 => jcb() || maestro() || first(2) == 81, // Maestro, UnionPay, Discover, JCB
        19 => jcb() || maestro() || matches!(first(2), 40..=49 | 81), // and Visa
        _ => false,
    }
}

/// ISO/IEC 7812-1, annex B.
fn passes_luhn(digits: &[u32]) -> bool {
    let weigh = |(position, digit): (usize, &u32)| match (position % 2, digit * 2) {
        (0, _) => *digit,
        (_, doubled) => doubled / 10 + doubled % 10,
    };
    digits.iter().rev().enumerate().map(weigh).sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests;
