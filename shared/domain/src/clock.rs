//! Time as a value: nothing below this module asks the operating system what time it is.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use time::{Date, Month, OffsetDateTime, Time};

/// A moment, in whole milliseconds since the Unix epoch (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `millis` milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The moment `seconds` seconds after the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down (what tokens and sync rows carry).
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment moved into the future by `span`; saturates at the end of time.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis_of(span)))
    }

    /// This moment moved into the past by `span`; saturates at the beginning of time.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis_of(span)))
    }

    /// ISO 8601 in UTC with milliseconds and `Z`, as the contract writes moments
    /// (auth contract, 1.1). A moment outside the years 0 to 9999 is written as the epoch.
    pub fn to_iso(self) -> String {
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }

    /// The moment as HTTP headers write it, in whole seconds (RFC 9110, 5.6.7).
    pub fn to_http_date(self) -> String {
        let at = OffsetDateTime::from_unix_timestamp(self.seconds())
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let (day, month) = (at.weekday().to_string(), at.month().to_string());
        format!(
            "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
            &day[..3],
            at.day(),
            &month[..3],
            at.year(),
            at.hour(),
            at.minute(),
            at.second()
        )
    }

    /// Reads a moment in ISO 8601 with seconds, with or without a fraction, and with `Z` or an
    /// offset, as other services write it; what is finer than a millisecond is cut off.
    pub fn of_iso(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once('T')?;
        let (clock, offset_minutes) = split_offset(rest)?;
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let [year, month, day] = numbers(date, '-')?;
        let [hour, minute, second] = numbers(clock, ':')?;
        let small = |number: u16| u8::try_from(number).ok();
        let month = Month::try_from(small(month)?).ok()?;
        let date = Date::from_calendar_date(year.into(), month, small(day)?).ok()?;
        let time = Time::from_hms(small(hour)?, small(minute)?, small(second)?).ok()?;
        let seconds = OffsetDateTime::new_utc(date, time).unix_timestamp() - offset_minutes * 60;
        if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let millis: i64 = format!("{fraction:0<3}")[..3].parse().ok()?;
        Some(Self(seconds * 1000 + millis))
    }
}

/// The time of day, and its offset from UTC in minutes.
fn split_offset(text: &str) -> Option<(&str, i64)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let at = text.rfind(['+', '-'])?;
    let (clock, offset) = text.split_at(at);
    let [hours, minutes] = numbers(&offset[1..], ':')?;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    Some((clock, sign * (i64::from(hours) * 60 + i64::from(minutes))))
}

fn numbers<const N: usize>(text: &str, separator: char) -> Option<[u16; N]> {
    let plain = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.split(separator);
    let numbers = parts.map(|part| Some(part).filter(plain)?.parse().ok());
    numbers.collect::<Option<Vec<_>>>()?.try_into().ok()
}

fn millis_of(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.to_iso())
    }
}

/// Where the current time comes from. Tests pass a fixed one (`or3_testkit::FixedClock`).
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// The operating system's wall clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system clock"
    )]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(millis_of(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_with_milliseconds_and_z() {
        assert_eq!(
            Timestamp::from_millis(1_767_225_600_007).to_iso(),
            "2026-01-01T00:00:00.007Z"
        );
    }

    #[test]
    fn moments_of_other_services_are_read() {
        let read = |text| Timestamp::of_iso(text).map(Timestamp::millis);
        assert_eq!(read("2026-01-01T00:00:00Z"), Some(1_767_225_600_000));
        assert_eq!(read("2026-01-01T00:00:00.0075Z"), Some(1_767_225_600_007));
        assert_eq!(read("2026-01-01T01:30:00+01:30"), Some(1_767_225_600_000));
        assert_eq!(read("2025-12-31T22:00:00-02:00"), Some(1_767_225_600_000));
        let own = Timestamp::from_millis(1_767_225_600_007);
        assert_eq!(Timestamp::of_iso(&own.to_iso()), Some(own));
        for odd in [
            "",
            "soon",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-13-01T00:00:00Z",
            "2026-01-01T25:00:00Z",
            "2026-01-01T00:00Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00.-1Z",
            "+026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.1é2Z",
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn seconds_round_down_before_the_epoch_too() {
        assert_eq!(Timestamp::from_millis(1999).seconds(), 1);
        assert_eq!(Timestamp::from_millis(-1).seconds(), -1);
    }

    #[test]
    fn moving_saturates_instead_of_overflowing() {
        let end = Timestamp::from_millis(i64::MAX);
        assert_eq!(end.plus(Duration::from_secs(1)), end);
    }
}
