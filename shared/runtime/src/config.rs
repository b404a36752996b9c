//! Configuration from the environment, read and checked once at start.

use std::collections::HashMap;
use std::str::FromStr;

/// The variable that switches everything off which counts by network address, contact or card.
pub(crate) const LIMITS: &str = "LIMITS";

/// The environment of this function.
#[derive(Debug, Clone, Default)]
pub struct Config {
    variables: HashMap<String, String>,
}

/// A variable is missing or invalid. Stops the function at start. The message names the variable, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not set, or empty.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// Set to an invalid value.
    #[error("the environment variable {name} is invalid: {reason}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What it must be.
        reason: String,
    },
}

impl Config {
    /// The variables of this process.
    pub fn from_env() -> Self {
        Self { variables: std::env::vars().collect() }
    }

    /// A required text.
    pub fn text(&self, name: &'static str) -> Result<&str, ConfigError> {
        self.optional(name).ok_or(ConfigError::Missing(name))
    }

    /// An optional text.
    pub fn optional(&self, name: &'static str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether this shop counts by network address, contact and card: unless `LIMITS` is `off`. Only that word switches it
    /// off, so that a typing error does not.
    pub fn has_limits(&self) -> bool {
        self.optional(LIMITS) != Some("off")
    }

    /// A value of type `T`, or its default.
    pub fn parsed<T: FromStr<Err: std::fmt::Display>>(&self, name: &'static str, default: T) -> Result<T, ConfigError> {
        self.optional(name).map_or(Ok(default), |raw| {
            raw.parse().map_err(|e: T::Err| ConfigError::Invalid { name, reason: e.to_string() })
        })
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Config {
    fn from(variables: [(&str, &str); N]) -> Self {
        Self { variables: variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_variable() {
        let config = Config::from([("HOLD_SECONDS", "soon"), ("EMPTY", "")]);
        assert_eq!(config.text("ORDERS_TABLE"), Err(ConfigError::Missing("ORDERS_TABLE")));
        assert_eq!(config.text("EMPTY"), Err(ConfigError::Missing("EMPTY")));
        let error = config.parsed::<u32>("HOLD_SECONDS", 900).expect_err("not a number").to_string();
        assert!(error.contains("HOLD_SECONDS") && !error.contains("soon"), "{error}");
        assert_eq!(config.parsed("LIMIT", 7), Ok(7));
    }

    #[test]
    fn limits_are_on_unless_they_are_switched_off() {
        assert!(!Config::from([("LIMITS", "off")]).has_limits());
        for on in ["on", "", "OFF", "no", "off "] {
            assert!(Config::from([("LIMITS", on)]).has_limits(), "{on}");
        }
        assert!(Config::default().has_limits());
    }
}
