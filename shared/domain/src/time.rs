//! Timestamps in milliseconds.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use crate::validation::Invalid;

/// Microseconds in a second. Rate limits count in microseconds.
pub const MICROS_PER_SECOND: i64 = 1_000_000;

const RFC_3339_MILLIS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, as in DynamoDB's TTL and JWT claims.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The timestamp moved by seconds, saturating.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Seconds from this timestamp until `later`, rounded up; 0 if `later` has passed.
    pub const fn seconds_until(self, later: Self) -> i64 {
        let millis = later.0.saturating_sub(self.0);
        if millis <= 0 { 0 } else { (millis - 1) / 1000 + 1 }
    }

    /// RFC 3339 in UTC with milliseconds: `2026-11-24T06:57:00.000Z`.
    pub fn to_rfc3339(self) -> String {
        let nanos = i128::from(self.0) * 1_000_000;
        OffsetDateTime::from_unix_timestamp_nanos(nanos)
            .ok()
            .and_then(|moment| moment.format(RFC_3339_MILLIS).ok())
            // Beyond the year 9999. No clock returns that, but formatting must not fail.
            .unwrap_or_else(|| "9999-12-31T23:59:59.999Z".to_owned())
    }

    /// The date in UTC: `2026-11-24`.
    pub fn date(self) -> String {
        let mut date = self.to_rfc3339();
        date.truncate("2026-11-24".len());
        date
    }
}

/// RFC 3339, in any time zone. Fractions of a millisecond are cut off.
impl FromStr for Timestamp {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("invalid_format", "must be a time as in RFC 3339, such as 2026-11-24T06:57:00Z");
        let moment = OffsetDateTime::parse(raw, &Rfc3339).map_err(|_| invalid())?;
        i64::try_from(moment.unix_timestamp_nanos().div_euclid(1_000_000)).map(Self).map_err(|_| invalid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rfc_3339_in_any_time_zone() {
        for raw in ["2026-11-24T06:57:00.007Z", "2026-11-24T07:57:00.007+01:00", "2026-11-24t06:57:00.0079z"] {
            assert_eq!(raw.parse(), Ok(Timestamp::from_millis(1_795_503_420_007)), "{raw}");
        }
        for bad in ["", "2026-11-24", "2026-11-24T06:57:00", "2026-13-24T06:57:00Z", "1795503420", "tomorrow"] {
            assert_eq!(bad.parse::<Timestamp>().map_err(|invalid| invalid.code), Err("invalid_format"), "{bad}");
        }
    }

    #[test]
    fn formats_rfc_3339_in_utc() {
        assert_eq!(Timestamp::from_millis(1_795_503_420_007).to_rfc3339(), "2026-11-24T06:57:00.007Z");
        assert_eq!(Timestamp::from_millis(i64::MAX).to_rfc3339(), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn seconds_until_rounds_up_and_never_goes_negative() {
        let now = Timestamp::from_millis(1_000);
        assert_eq!(now.seconds_until(Timestamp::from_millis(1_001)), 1);
        assert_eq!(now.seconds_until(Timestamp::from_millis(3_000)), 2);
        assert_eq!(now.seconds_until(Timestamp::from_millis(0)), 0);
    }
}
