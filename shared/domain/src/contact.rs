//! How to reach whoever placed an order.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::account::Email;
use crate::validation::{FieldError, Invalid, looks_like_card_number, text};

/// Longest phone number, in characters.
pub const MAX_PHONE_CHARS: usize = 32;
/// Fewest digits of a phone number.
const MIN_PHONE_DIGITS: usize = 3;

/// The contact of an order. Staff and the shopper see it; events and messages name the order only. The stored attribute
/// names are short, because DynamoDB charges by size.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Contact {
    /// The address for mails about the order.
    #[serde(rename = "e")]
    pub email: Email,
    /// The phone number.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
}

impl Contact {
    /// A contact without a phone number.
    pub const fn of(email: Email) -> Self {
        Self { email, phone: None }
    }
}

/// A phone number as it was entered: digits with the usual separators.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// The number as it was entered, trimmed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Phone {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        if looks_like_card_number(raw) {
            return Err(Invalid::new("card_number", "must be a phone number, never a card number"));
        }
        let number = text(raw, MAX_PHONE_CHARS)?;
        let is_plain = number.chars().all(|c| c.is_ascii_digit() || " +-./()#*x".contains(c));
        if is_plain && number.bytes().filter(u8::is_ascii_digit).count() >= MIN_PHONE_DIGITS {
            return Ok(Self(number));
        }
        Err(Invalid::new("invalid_format", "must be a phone number such as \"+1 217 555 0100\""))
    }
}

impl TryFrom<String> for Phone {
    type Error = Invalid;

    fn try_from(raw: String) -> Result<Self, Invalid> {
        raw.parse()
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

/// A contact as a client sends it. Unknown members are rejected, so that no input is silently lost.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactInput {
    /// The address.
    pub email: String,
    /// The phone number. Forms send `""` for what was not filled in.
    #[serde(default)]
    pub phone: Option<String>,
}

impl ContactInput {
    /// The contact. Returns all invalid parts, with names below `field`.
    pub fn checked(&self, field: &str) -> Result<Contact, Vec<FieldError>> {
        let phone = self.phone.as_deref().filter(|raw| !raw.trim().is_empty());
        match (self.email.parse::<Email>(), phone.map(Phone::from_str).transpose()) {
            (Ok(email), Ok(phone)) => Ok(Contact { email, phone }),
            (email, phone) => {
                let email = email.err().map(|invalid| invalid.at(format!("{field}.email")));
                let phone = phone.err().map(|invalid| invalid.at(format!("{field}.phone")));
                Err(email.into_iter().chain(phone).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(json: &str) -> Result<Contact, Vec<(String, &'static str)>> {
        let input: ContactInput = serde_json::from_str(json).expect("JSON");
        input.checked("contact").map_err(|errors| errors.into_iter().map(|e| (e.field, e.code)).collect())
    }

    #[test]
    fn an_address_is_normalised_and_an_empty_phone_number_is_left_out() {
        let ann = Contact::of("ann@example.com".parse().expect("an address"));
        for phone in ["", r#","phone":"""#, r#","phone":" ""#, r#","phone":null"#] {
            assert_eq!(checked(&format!(r#"{{"email":" Ann@Example.com "{phone}}}"#)), Ok(ann.clone()));
        }
        let with_phone = checked(r#"{"email":"ann@example.com","phone":" +1 (217) 555-0100 "}"#).expect("a contact");
        assert_eq!(with_phone.phone.as_ref().map(Phone::as_str), Some("+1 (217) 555-0100"));
    }

    #[test]
    fn all_invalid_parts_are_reported() {
        let expected =
            vec![("contact.email".to_owned(), "invalid_format"), ("contact.phone".to_owned(), "invalid_format")];
        assert_eq!(checked(r#"{"email":"ann","phone":"call me"}"#), Err(expected));
        for (phone, code) in [
            ("12", "invalid_format"),
            ("0000000000000000000000000000000001", "too_long"),
            ("4242 4242 4242 4242", "card_number"),
            ("+1\u{7}555", "invalid_format"),
        ] {
            let body = serde_json::json!({"email": "ann@example.com", "phone": phone}).to_string();
            assert_eq!(checked(&body), Err(vec![("contact.phone".to_owned(), code)]), "{phone}");
        }
        assert!(serde_json::from_str::<ContactInput>(r#"{"email":"a@b.de","fax":"1"}"#).is_err());
        assert!(serde_json::from_str::<ContactInput>(r#"{"phone":"123"}"#).is_err());
    }

    #[test]
    fn the_stored_form_is_short_and_survives() {
        let contact = checked(r#"{"email":"ann@example.com","phone":"+1 217 555 0100"}"#).expect("a contact");
        let stored = serde_json::to_string(&contact).expect("JSON");
        assert_eq!(stored, r#"{"e":"ann@example.com","p":"+1 217 555 0100"}"#);
        assert_eq!(serde_json::from_str::<Contact>(&stored).expect("a contact"), contact);
    }
}
