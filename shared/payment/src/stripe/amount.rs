//! Amounts in Stripe's units (<https://docs.stripe.com/currencies>, read 2026-11-25).

use souk_domain::money::{Currency, Money};

/// Currencies for which Stripe's unit differs from the ISO 4217 minor unit, as `(code, theirs, ours)`: `theirs` of
/// Stripe's units equal `ours` minor units. For the first two Stripe keeps hundredths that the currencies no longer
/// have; for the last it counts whole units.
const UNUSUAL_UNITS: &[(&str, i64, i64)] = &[("ISK", 100, 1), ("UGX", 100, 1), ("MGA", 1, 100)];

/// An amount in Stripe's units; `None` if it cannot be expressed.
pub(super) fn to_stripe(amount: Money) -> Option<i64> {
    let (theirs, ours) = units(amount.currency());
    let scaled = amount.minor().checked_mul(theirs)?;
    let stripe = (scaled % ours == 0).then_some(scaled / ours)?;
    // With three decimals the last digit has to be zero.
    (amount.currency().decimals() < 3 || stripe % 10 == 0).then_some(stripe)
}

/// The minor units of an amount in Stripe's units.
pub(super) fn from_stripe(stripe: i64, currency: Currency) -> Option<i64> {
    let (theirs, ours) = units(currency);
    let scaled = stripe.checked_mul(ours)?;
    (scaled % theirs == 0).then_some(scaled / theirs)
}

fn units(currency: Currency) -> (i64, i64) {
    let unusual = UNUSUAL_UNITS.iter().find(|(code, ..)| *code == currency.code());
    unusual.map_or((1, 1), |(_, theirs, ours)| (*theirs, *ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_converted_to_stripes_units_and_back() {
        let cases = [
            ("USD", 69_999, Some(69_999)),
            ("JPY", 500, Some(500)),
            ("ISK", 5, Some(500)),
            ("UGX", 5, Some(500)),
            ("MGA", 500, Some(5)),
            ("MGA", 501, None),
            ("KWD", 5_120, Some(5_120)),
            ("KWD", 5_124, None),
        ];
        for (code, minor, stripe) in cases {
            let currency: Currency = code.parse().expect("a currency");
            assert_eq!(to_stripe(Money::from_minor(minor, currency)), stripe, "{code} {minor}");
            if let Some(stripe) = stripe {
                assert_eq!(from_stripe(stripe, currency), Some(minor), "{code} {stripe}");
            }
        }
    }
}
