//! One range of bytes (RFC 9110, 14.1.2).

use std::ops::Range;

/// What of a blob is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it: nothing else was asked for, or in a form that may be ignored.
    Whole,
    /// These bytes.
    Bytes(Range<u64>),
    /// Nothing: what was asked for lies behind the end.
    Unsatisfiable,
}

/// Reads a `Range` header for a blob of `size` bytes. Several ranges, other units and anything
/// malformed get the whole blob, as the RFC allows.
pub fn part(header: &str, size: u64) -> Part {
    let Some((first, last)) = header
        .trim()
        .strip_prefix("bytes=")
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Part::Whole;
    };
    match (number(first), number(last)) {
        (Some(first), None) if last.is_empty() => bounded(first, size, size),
        (Some(first), Some(last)) if first <= last => {
            bounded(first, last.saturating_add(1).min(size), size)
        }
        (None, Some(0)) if first.is_empty() => Part::Unsatisfiable,
        (None, Some(suffix)) if first.is_empty() => {
            bounded(size.saturating_sub(suffix), size, size)
        }
        _ => Part::Whole,
    }
}

fn bounded(start: u64, end: u64, size: u64) -> Part {
    if start >= size {
        Part::Unsatisfiable
    } else {
        Part::Bytes(start..end)
    }
}

/// Digits only; more than 64 bits of them mean the end.
fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_ranges_are_cut_at_the_end() {
        for (header, range) in [
            ("bytes=0-9", 0..10),
            ("bytes=90-", 90..100),
            ("bytes=90-500", 90..100),
            ("bytes=-10", 90..100),
            ("bytes=-500", 0..100),
            ("bytes=0-99999999999999999999", 0..100),
        ] {
            assert_eq!(part(header, 100), Part::Bytes(range), "{header}");
        }
    }

    #[test]
    fn behind_the_end_there_is_nothing() {
        for header in [
            "bytes=100-",
            "bytes=100-200",
            "bytes=-0",
            "bytes=99999999999999999999-",
        ] {
            assert_eq!(part(header, 100), Part::Unsatisfiable, "{header}");
        }
        assert_eq!(part("bytes=0-", 0), Part::Unsatisfiable);
    }

    #[test]
    fn other_forms_get_everything() {
        for header in [
            "",
            "bytes=",
            "bytes=-",
            "bytes=5-4",
            "bytes=0-1,3-4",
            "lines=0-1",
            "bytes=a-b",
        ] {
            assert_eq!(part(header, 100), Part::Whole, "{header}");
        }
    }
}
