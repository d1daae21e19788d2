//! Figures as numbers and as text.

use std::time::Duration;

/// A count as what rates are computed with.
#[expect(clippy::cast_precision_loss, reason = "no count here comes near 2^53")]
pub fn float(count: u64) -> f64 {
    count as f64
}

/// A number with as many digits as mean something: groups of three above 1000, else up to two
/// places.
pub fn number(value: f64) -> String {
    if value.abs() < 1000.0 {
        let places = usize::from(value.abs() < 100.0) + usize::from(value.abs() < 10.0);
        let text = format!("{value:.places$}");
        return match text.split_once('.') {
            Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            None => text,
        };
    }
    let digits = format!("{value:.0}");
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits.as_str()),
    };
    let mut grouped = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// Milliseconds.
pub fn millis(span: Duration) -> String {
    number(span.as_secs_f64() * 1000.0)
}

/// Microseconds of `span` for each of `count` things.
pub fn micros_each(span: Duration, count: usize) -> String {
    number(span.as_secs_f64() * 1e6 / float(count.max(1) as u64))
}

/// Mebibytes.
pub fn mebibytes(bytes: u64) -> String {
    number(float(bytes) / f64::from(1 << 20))
}

/// Megabytes, of 1 000 000 bytes.
pub fn megabytes(bytes: u64) -> String {
    number(float(bytes) / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_rounded_to_what_means_something() {
        assert_eq!(number(20_000.4), "20 000");
        assert_eq!(number(1_234_567.0), "1 234 567");
        assert_eq!(number(0.256), "0.26");
        assert_eq!(number(12.34), "12.3");
        assert_eq!(number(5.0), "5");
        assert_eq!(number(100.0), "100");
    }
}
