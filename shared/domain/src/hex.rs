//! Bytes as hexadecimal digits (RFC 4648, 8), in lower case: how names of traces, digests and secrets
//! are written.

use std::fmt::{self, Write};

/// Bytes that show as two lower-case digits each.
#[derive(Clone, Copy)]
pub struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for byte in self.0 {
            out.write_char(DIGITS[usize::from(byte >> 4)].into())?;
            out.write_char(DIGITS[usize::from(byte & 15)].into())?;
        }
        Ok(())
    }
}

/// The bytes of exactly so many lower-case digits; `None` of anything else.
pub fn parse<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_they_are_written() {
        let bytes: [u8; 256] = std::array::from_fn(|at| u8::try_from(at).unwrap_or_default());
        let text = Hex(&bytes).to_string();
        assert!(text.starts_with("000102") && text.ends_with("fdfeff"));
        assert_eq!(parse(text.as_bytes()), Some(bytes));
    }

    #[test]
    fn what_is_not_so_many_lower_case_digits_is_none() {
        for odd in ["", "0", "000", "0g", "+f", "0F", " 0", "\u{e9}"] {
            assert_eq!(parse::<1>(odd.as_bytes()), None, "{odd}");
        }
    }
}
