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
