//! The forms of values: a number and its unit.

use std::time::Duration;

/// `200ms`, `30s`, `2m`.
pub(super) fn span(text: &str) -> Option<Duration> {
    let millis = counted(text, &[("ms", 1), ("s", 1000), ("m", 60_000)])?;
    Some(Duration::from_millis(millis))
}

/// A span into the future, `+90s`, or into the past, `-90s`, in milliseconds.
pub(super) fn shift(text: &str) -> Option<i64> {
    let millis = |text| i64::try_from(span(text)?.as_millis()).ok();
    match text.split_at_checked(1)? {
        ("+", ahead) => millis(ahead),
        ("-", behind) => millis(behind).map(|millis| -millis),
        _ => None,
    }
}

/// `500B`, `64KB`, `6MB`, in bytes; a KB is 1024 of them.
pub(super) fn size(text: &str) -> Option<u64> {
    counted(text, &[("KB", 1 << 10), ("MB", 1 << 20), ("B", 1)])
}

/// A share, from 0 for never to 1 for always.
pub(super) fn chance(text: &str) -> Option<f64> {
    let share: f64 = text.parse().ok()?;
    (0.0..=1.0).contains(&share).then_some(share)
}

/// At least one.
pub(super) fn count(text: &str) -> Option<usize> {
    text.parse().ok().filter(|count| *count > 0)
}

/// Digits before the first unit that fits, in the smallest unit.
fn counted(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let fits = |(unit, factor): &(&str, u64)| Some((text.strip_suffix(unit)?, *factor));
    let (digits, factor) = units.iter().find_map(fits)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    plain
        .then(|| digits.parse().ok())?
        .and_then(|number: u64| number.checked_mul(factor))
}
