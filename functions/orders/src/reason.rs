//! Why, in somebody's words.

use std::str::FromStr;

use souk_domain::validation::{Invalid, looks_like_card_number, text};

/// Longest reason, in characters. Reasons stay in the order, and its size is what each later step costs.
const MAX_REASON_CHARS: usize = 200;

/// A reason for a return, a refund, a rejection. People write all kinds of things there, but no card number is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reason(pub(crate) String);

impl FromStr for Reason {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        if looks_like_card_number(raw) {
            return Err(Invalid::new("card_number", "must not contain a card number"));
        }
        text(raw, MAX_REASON_CHARS).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_words_and_no_card_numbers() {
        let code = |raw: &str| raw.parse::<Reason>().map_err(|invalid| invalid.code).err();
        assert_eq!("  does not fit ".parse(), Ok(Reason("does not fit".to_owned())));
        assert_eq!(code(" "), Some("required"));
        assert_eq!(code(&"x".repeat(201)), Some("too_long"));
        assert_eq!(code("refund to 4242 4242 4242 4242 please"), Some("card_number"));
    }
}
