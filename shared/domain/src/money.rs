//! Money as an integer of minor units. No floating point, not even for parsing and formatting.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::validation::Invalid;

/// The largest amount accepted from clients: 10^13 minor units. Sums of many such amounts still fit an `i64`.
pub const MAX_MINOR: i64 = 10_000_000_000_000;

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// Currencies that do not have two decimals, with their decimals (ISO 4217, 2026-01-01).
const UNUSUAL_DECIMALS: &[(&str, u32)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// The three-letter code.
    pub fn code(&self) -> &str {
        // Constructed from ASCII letters only.
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Digits after the decimal point.
    pub fn decimals(&self) -> u32 {
        let code = self.code();
        UNUSUAL_DECIMALS.iter().find(|(known, _)| *known == code).map_or(2, |(_, decimals)| *decimals)
    }
}

impl FromStr for Currency {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        match <[u8; 3]>::try_from(raw.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(Invalid::new("invalid_format", "must be a three-letter ISO 4217 code such as \"USD\"")),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = Invalid;

    fn try_from(raw: String) -> Result<Self, Invalid> {
        raw.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in one currency. Displayed with exactly the currency's decimals: `699.99`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why an arithmetic operation is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The currencies differ.
    #[error("amounts in {0} and {1} cannot be combined")]
    Currencies(Currency, Currency),
    /// The result overflows.
    #[error("the amount is too large")]
    Overflow,
}

impl Money {
    /// An amount of minor units.
    pub const fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Zero in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The amount in minor units.
    pub const fn minor(&self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// The sum; both must have the same currency.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Currencies(self.currency, other.currency));
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The amount multiplied by a factor.
    pub fn times(self, factor: u32) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(i64::from(factor)).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// Parses a plain JSON number such as `12`, `12.5` or `12.50`. It must not be negative or exceed [`MAX_MINOR`]
    /// minor units, have an exponent, or have non-zero digits beyond the currency's decimals.
    pub fn parse(raw: &str, currency: Currency) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("wrong_type", "must be a number such as 12.50");
        let (whole, fraction) = raw.split_once('.').unwrap_or((raw, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if raw.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
            return Err(Invalid::new("out_of_range", "must not be negative"));
        }
        if !digits(whole) || !digits(fraction) {
            return Err(wrong());
        }
        let decimals = currency.decimals() as usize;
        let (kept, beyond) = fraction.split_at(decimals.min(fraction.len()));
        if beyond.bytes().any(|b| b != b'0') {
            return Err(Invalid::new("invalid_format", format!("must have at most {decimals} decimals in {currency}")));
        }
        let too_large = || Invalid::new("out_of_range", "the amount is too large");
        let minor: i64 = format!("{whole}{kept:0<decimals$}").parse().map_err(|_| too_large())?;
        if minor > MAX_MINOR { Err(too_large()) } else { Ok(Self { minor, currency }) }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_u64.pow(self.currency.decimals());
        let sign = if self.minor < 0 { "-" } else { "" };
        let (whole, fraction) = (self.minor.unsigned_abs() / scale, self.minor.unsigned_abs() % scale);
        match self.currency.decimals() as usize {
            0 => write!(f, "{sign}{whole}"),
            decimals => write!(f, "{sign}{whole}.{fraction:0decimals$}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().expect("a valid code")
    }

    #[test]
    fn amounts_are_formatted_with_the_currencys_decimals() {
        assert_eq!(Money::from_minor(69_999, Currency::USD).to_string(), "699.99");
        assert_eq!(Money::from_minor(5, Currency::USD).to_string(), "0.05");
        assert_eq!(Money::from_minor(-5, Currency::USD).to_string(), "-0.05");
        assert_eq!(Money::from_minor(1200, currency("JPY")).to_string(), "1200");
        assert_eq!(Money::from_minor(1200, currency("KWD")).to_string(), "1.200");
    }

    #[test]
    fn amounts_are_parsed_exactly() {
        for (raw, minor) in [("12", 1200), ("12.5", 1250), ("12.50", 1250), ("12.500", 1250), ("0.07", 7), ("0", 0)] {
            assert_eq!(Money::parse(raw, Currency::USD).map(|m| m.minor()), Ok(minor), "{raw}");
        }
        assert_eq!(Money::parse("1200", currency("JPY")).map(|m| m.minor()), Ok(1200));
    }

    #[test]
    fn invalid_amounts_are_rejected() {
        for (raw, code) in [
            ("12.345", "invalid_format"),
            ("1e3", "wrong_type"),
            ("", "wrong_type"),
            (".5", "wrong_type"),
            ("5.", "wrong_type"),
            ("+5", "wrong_type"),
            ("\"5\"", "wrong_type"),
            ("-1", "out_of_range"),
            ("-", "wrong_type"),
            ("100000000000.01", "out_of_range"),
            ("99999999999999999999", "out_of_range"),
        ] {
            assert_eq!(Money::parse(raw, Currency::USD).map_err(|e| e.code), Err(code), "{raw}");
        }
    }

    #[test]
    fn currencies_do_not_mix() {
        let (usd, eur) = (Money::from_minor(1, Currency::USD), Money::from_minor(1, currency("EUR")));
        assert_eq!(usd.plus(eur), Err(MoneyError::Currencies(Currency::USD, currency("EUR"))));
        assert_eq!(Money::from_minor(i64::MAX, Currency::USD).plus(usd), Err(MoneyError::Overflow));
        assert_eq!(Money::from_minor(i64::MAX, Currency::USD).times(2), Err(MoneyError::Overflow));
    }

    proptest! {
        #[test]
        fn a_formatted_amount_parses_to_the_same_amount(minor in 0..=MAX_MINOR, code in "USD|JPY|KWD|EUR") {
            let money = Money::from_minor(minor, currency(&code));
            prop_assert_eq!(Money::parse(&money.to_string(), money.currency()), Ok(money));
        }

        #[test]
        fn a_text_is_an_amount_or_refused(text in "[-+]?[0-9]{0,22}\\.?[0-9]{0,22}(e[0-9]{1,3})?|.{0,12}", code in "USD|JPY|KWD") {
            if let Ok(money) = Money::parse(&text, currency(&code)) {
                prop_assert!((0..=MAX_MINOR).contains(&money.minor()));
                prop_assert_eq!(Money::parse(&money.to_string(), money.currency()), Ok(money));
            }
        }

        #[test]
        fn a_text_is_a_currency_or_refused(text in "[A-Z]{0,4}|.{0,4}") {
            if let Ok(currency) = text.parse::<Currency>() {
                prop_assert_eq!(currency.to_string(), text);
            }
        }
    }
}
