//! Validation errors of request fields.

/// An invalid field: its path, a stable code for programs and a message for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Path from the root of the body: `shipping_address.city`.
    pub field: String,
    /// Stable, in `snake_case`: `required`, `wrong_type`, `too_long`, `out_of_range`, `invalid_format`,
    /// `unknown_value`.
    pub code: &'static str,
    /// States what would be valid.
    pub message: String,
}

impl FieldError {
    /// An invalid field.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }
}

/// An invalid value whose field is not known yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// As in [`FieldError::code`].
    pub code: &'static str,
    /// As in [`FieldError::message`].
    pub message: String,
}

impl Invalid {
    /// An invalid value.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The error for a field.
    pub fn at(self, field: impl Into<String>) -> FieldError {
        FieldError { field: field.into(), code: self.code, message: self.message }
    }
}

/// Trims a text and checks that it has 1 to `max_chars` characters and no control characters.
pub fn text(raw: &str, max_chars: usize) -> Result<String, Invalid> {
    let trimmed = raw.trim();
    if trimmed.is_empty() {
        return Err(Invalid::new("required", "must not be empty"));
    }
    if trimmed.chars().count() > max_chars {
        return Err(Invalid::new("too_long", format!("must have at most {max_chars} characters")));
    }
    if trimmed.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Invalid::new("invalid_format", "must not contain control characters"));
    }
    Ok(trimmed.to_owned())
}

/// Whether a text contains a possible card number. Such a text is rejected before it is stored or logged (PCI DSS
/// SAQ-A: no card number reaches this system).
///
/// A card number has 14 to 19 digits, unbroken or in the groups printed on cards (4-4-4-4, 4-6-5, …), matches an
/// issuer's range and length, and passes the Luhn check. Shorter numbers are allowed: product codes (EAN, UPC) have up
/// to 13 digits and one in ten passes the Luhn check by chance, while cards with 13 digits are no longer issued.
/// Telephone numbers (up to 15 digits) and UUIDs match no range with its length, or no grouping.
pub fn looks_like_card_number(raw: &str) -> bool {
    let is_separator = |c: char| matches!(c, ' ' | '-' | '.' | '\u{a0}');
    // Any other character ends a number, and so does a doubled separator.
    let mut groups: Vec<&str> = Vec::new();
    let numbers = raw.split(|c: char| !c.is_ascii_digit() && !is_separator(c));
    numbers.into_iter().any(|number| {
        groups.clear();
        groups.extend(number.split(is_separator));
        (0..groups.len()).any(|start| starts_with_card(&groups[start..]))
    })
}

/// Digit groups printed on cards; any text may follow the last group.
const PRINTED_GROUPS: [&[usize]; 5] = [&[4, 4, 4, 4, 3], &[4, 4, 4, 4, 2], &[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4]];

fn starts_with_card(groups: &[&str]) -> bool {
    let printed_so = |lengths: &&[usize]| {
        groups.len() >= lengths.len() && groups.iter().zip(lengths.iter()).all(|(group, length)| group.len() == *length)
    };
    groups.first().is_some_and(|unbroken| is_card(unbroken))
        || PRINTED_GROUPS
            .iter()
            .filter(|lengths| printed_so(lengths))
            .any(|lengths| is_card(&groups[..lengths.len()].concat()))
}

fn is_card(digits: &str) -> bool {
    let first = |length: usize| digits.get(..length).and_then(|prefix| prefix.parse::<u32>().ok()).unwrap_or(0);
    let known = match digits.len() {
        14 => matches!(first(3), 300..=305 | 309 | 360..=369 | 380..=399), // Diners Club
        15 => matches!(first(2), 34 | 37),                                 // American Express
        16 => {
            // Visa, Mastercard, Maestro, Discover, UnionPay, JCB, Diners Club, Mir
            matches!(first(1), 4..=6)
                || matches!(first(4), 2200..=2204 | 2221..=2720 | 3528..=3589)
                || matches!(first(2), 30 | 36 | 38 | 39)
        }
        17..=19 => matches!(first(1), 4..=6) || matches!(first(4), 3528..=3589), // Visa, Maestro, UnionPay, Discover, JCB
        _ => false,
    };
    known && passes_luhn(&digits.bytes().map(|digit| u32::from(digit - b'0')).collect::<Vec<_>>())
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
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_recognised() {
        let cards = [
            "4242424242424242",
            "4242 4242 4242 4242",
            "4242-4242-4242-4242 12/28 123",
            "no 7, 4242.4242.4242.4242",
            "card: 3782-822463-10005, thanks",
            "378282246310005",
            "6011111111111117",
            "30569309025904",
            "2223003122003222",
            "6200000000000005",
            "4000000000000000006",
            "pay4242424242424242now",
            r#"{"a":[4242424242424242]}"#,
        ];
        for card in cards {
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
            "1795503420000",          // milliseconds
            "9400111899223100001234", // a tracking number
            "42424242424242424242",   // twenty digits
            "4242  4242 4242 4242",
        ];
        for other in others {
            assert!(!looks_like_card_number(other), "{other}");
        }
    }
}
