//! The contact of an order in the HTTP contract, as [`souk_domain::contact`] reads and stores it.

use schemars::JsonSchema;
use serde::Serialize;
use souk_domain::contact::{Contact, ContactInput, MAX_PHONE_CHARS, Phone};
use souk_domain::validation::FieldError;
use souk_runtime::http::{Fields, Problem};

/// How to reach whoever placed the order.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Contact")]
pub(crate) struct ContactView<'a> {
    /// The e-mail address.
    #[schemars(email)]
    email: &'a str,
    /// The phone number, if one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
}

impl<'a> ContactView<'a> {
    pub(crate) fn of(contact: &'a Contact) -> Self {
        Self { email: contact.email.as_str(), phone: contact.phone.as_ref().map(Phone::as_str) }
    }
}

/// How to reach whoever places the order. Other members are refused.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ContactRequest {
    /// The e-mail address.
    #[schemars(email, length(max = 318))]
    pub email: String,
    /// The phone number. An empty one is the same as none.
    #[schemars(length(max = MAX_PHONE_CHARS), regex(pattern = "^[-0-9 +./()#*x]*$"))]
    pub phone: Option<String>,
}

/// Reads `contact` of a request. A caller with an e-mail address may leave it out.
#[expect(clippy::option_option, reason = "as in Fields: invalid, missing and present are three different cases")]
pub(crate) fn read(fields: &mut Fields<'_>) -> Option<Option<Contact>> {
    let input = fields.optional_json::<ContactInput>("contact", "must be an object with email and if need be phone")?;
    match input.map(|input| input.checked("contact")) {
        None => Some(None),
        Some(Ok(contact)) => Some(Some(contact)),
        Some(Err(errors)) => {
            fields.refuse(errors);
            None
        }
    }
}

/// The problem of a request without a contact whose caller has no address.
pub(crate) fn missing() -> Problem {
    Problem::invalid(vec![FieldError::new("contact", "required", "must be given, because a guest has no address")])
}
