//! What is wrong with one field of a request.

/// One bad field: where, a stable code for programs, a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Dotted path from the body's root, as the client wrote it: `shipping_address.city`.
    pub field: String,
    /// Stable, in `snake_case`: `required`, `wrong_type`, `too_long`, `out_of_range`, `invalid_format`, `unknown_value`.
    pub code: &'static str,
    /// One sentence that says what would be right.
    pub message: String,
}

impl FieldError {
    /// A bad field.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }
}

/// Why a value was refused, before it is known which field it stood in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// As in [`FieldError::code`].
    pub code: &'static str,
    /// As in [`FieldError::message`].
    pub message: String,
}

impl Invalid {
    /// A refused value.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The same, now that the field is known.
    pub fn at(self, field: impl Into<String>) -> FieldError {
        FieldError { field: field.into(), code: self.code, message: self.message }
    }
}

/// Text of 1 to `max_chars` characters once trimmed, without control characters.
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

/// Whether a text holds what may be a card number: 13 to 19 digits, with or without blanks and hyphens between, that
/// pass the Luhn check. Such a text is refused before it is kept or logged (PCI DSS SAQ-A: no card number reaches us).
pub fn looks_like_card_number(raw: &str) -> bool {
    let mut run: Vec<u32> = Vec::new();
    for c in raw.chars().chain(['.']) {
        match c.to_digit(10) {
            Some(digit) => run.push(digit),
            None if (c == ' ' || c == '-') && !run.is_empty() => {}
            None => {
                if (13..=19).contains(&run.len()) && passes_luhn(&run) {
                    return true;
                }
                run.clear();
            }
        }
    }
    false
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
        for card in ["4242424242424242", "4242 4242 4242 4242", "card: 3782-822463-10005, thanks", "6011111111111117"] {
            assert!(looks_like_card_number(card), "{card}");
        }
    }

    #[test]
    fn other_numbers_are_not() {
        for other in
            ["", "4242424242424241", "sandbox_success", "pm_1N4242", "0049 30 123456", "4242", "1 Main St, 62701"]
        {
            assert!(!looks_like_card_number(other), "{other}");
        }
    }
}
