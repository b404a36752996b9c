//! Which new passwords are accepted (NIST SP 800-63B-4): long ones that are not easily guessed. There are no rules about
//! kinds of characters.

use schemars::{Schema, json_schema};
use souk_auth::password;
use souk_domain::account::Email;
use souk_domain::validation::FieldError;
use souk_runtime::Dependencies;
use souk_runtime::config::ConfigError;
use souk_runtime::http::{Fields, Problem};

/// Longest password, in characters. The bound limits the cost of hashing.
pub const MAX_PASSWORD_CHARS: usize = 128;
/// Lower bound of the shop's minimum, in characters.
const MIN_PASSWORD_CHARS: usize = 8;

/// The rules for new passwords.
#[derive(Debug, Clone)]
pub struct PasswordRules {
    /// The fewest characters.
    pub min_chars: usize,
    /// The shop's name, which must not be the password.
    pub shop_name: String,
}

/// The schema of a new password. Its shortest length is a parameter of the shop, so it is not stated here.
pub fn password_schema(_: &mut schemars::SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string", "format": "password", "minLength": MIN_PASSWORD_CHARS, "maxLength": MAX_PASSWORD_CHARS
    })
}

impl PasswordRules {
    /// Reads its configuration from the environment.
    pub fn from_dependencies(deps: &Dependencies) -> Result<Self, ConfigError> {
        let config = deps.config();
        let min_chars = config.parsed("PASSWORD_MIN_LENGTH", 15)?;
        Ok(Self { min_chars: MIN_PASSWORD_CHARS.max(min_chars), shop_name: config.text("SHOP_NAME")?.to_owned() })
    }

    /// Reads a new password and records why it is refused. [`PasswordRules::check`] needs the address and comes later.
    pub fn read(&self, fields: &mut Fields<'_>, name: &str) -> Option<String> {
        let raw = fields.verbatim(name, 1..=MAX_PASSWORD_CHARS)?;
        if let Err(error) = self.check_length(name, &raw) {
            fields.refuse([error]);
            return None;
        }
        Some(raw)
    }

    /// Refuses a password that is too short or easily guessed. For callers that find out after reading a request
    /// whether its password is a new one.
    pub fn check_new(&self, name: &str, raw: &str, email: &Email) -> Result<(), Problem> {
        self.check_length(name, raw).map_err(|error| Problem::invalid(vec![error]))?;
        self.check(name, raw, email)
    }

    fn check_length(&self, name: &str, raw: &str) -> Result<(), FieldError> {
        if password::length(raw) < self.min_chars {
            let message = format!("must have at least {} characters", self.min_chars);
            return Err(FieldError::new(name, "too_short", message));
        }
        Ok(())
    }

    /// Refuses a password that is easily guessed, also by someone who knows the address.
    pub fn check(&self, name: &str, raw: &str, email: &Email) -> Result<(), Problem> {
        let (local, domain) = email.as_str().split_once('@').unwrap_or((email.as_str(), ""));
        password::check_new(raw, &[email.as_str(), local, domain, &self.shop_name]).map_err(|_| {
            let message = "is easily guessed: it is common, repeats itself, or is the address or the shop's name";
            Problem::invalid(vec![FieldError::new(name, "common_password", message)])
        })
    }
}
