//! The last look at a text before it is logged. Nothing of ours logs secrets; what a driver or a
//! neighbour puts into an error may hold one all the same, mostly as part of an address.

use std::borrow::Cow;

/// What stands in the place of a secret.
const REDACTED: &str = "[redacted]";

/// Words at the end of a name whose value is a secret.
const NAMES: [&str; 9] = [
    "token",
    "signature",
    "secret",
    "password",
    "credential",
    "invite",
    "authorization",
    "cookie",
    "key",
];

/// The least length of what is taken for a token by its looks alone.
const TOKEN_BYTES: usize = 16;

/// `text` without what looks like a secret: what begins like a token (base64url of a JSON object),
/// what follows `Bearer`, and the values of names that end in one of [`NAMES`], as `name=value`,
/// `name="value"`, `name: "value"` or `"name":"value"`.
pub(super) fn redacted(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((from, to)) = secret(rest) {
        out.push_str(&rest[..from]);
        out.push_str(REDACTED);
        rest = &rest[to..];
    }
    if rest.len() == text.len() {
        return Cow::Borrowed(text);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Where the first secret is.
fn secret(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let places = bytes.iter().enumerate();
    places
        .filter(|(_, byte)| matches!(byte, b'e' | b'=' | b':' | b' '))
        .find_map(|(at, byte)| {
            let (before, behind) = (&bytes[..at], &bytes[at + 1..]);
            match byte {
                b'e' if bytes[at..].starts_with(b"eyJ") => token(bytes, at),
                b' ' if ends_in(before, "bearer") => token(bytes, at + 1),
                b'=' if is_secret_name(before) && behind.first() == Some(&b'"') => {
                    quoted(bytes, at + 2)
                }
                b'=' if is_secret_name(before) => bare(bytes, at + 1),
                b':' if is_secret_name(before) => {
                    let blanks = behind.iter().take_while(|byte| **byte == b' ').count();
                    let opens = behind.get(blanks) == Some(&b'"');
                    opens.then(|| quoted(bytes, at + 2 + blanks)).flatten()
                }
                _ => None,
            }
        })
}

fn token(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    bare(bytes, from).filter(|(from, to)| to - from >= TOKEN_BYTES)
}

/// A value up to what ends words.
fn bare(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    up_to(bytes, from, ends_value)
}

/// A value up to the quote that ends it.
fn quoted(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    up_to(bytes, from, |byte| byte == b'"')
}

fn up_to(bytes: &[u8], from: usize, ends: impl Fn(u8) -> bool) -> Option<(usize, usize)> {
    let length = bytes[from..].iter().position(|byte| ends(*byte));
    let to = length.map_or(bytes.len(), |length| from + length);
    (to > from).then_some((from, to))
}

fn ends_value(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte.is_ascii_control() || b"&\"'<>;,(){}[]\\".contains(&byte)
}

/// Whether a text ends in the name of a secret, in quotes or not.
fn is_secret_name(before: &[u8]) -> bool {
    let name = before.strip_suffix(b"\"").unwrap_or(before);
    NAMES.iter().any(|word| ends_in(name, word))
}

fn ends_in(text: &[u8], word: &str) -> bool {
    let end = text.len().checked_sub(word.len()).map(|at| &text[at..]);
    end.is_some_and(|end| end.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_not_shown() {
        for (text, shown) in [
            ("GET /f?token=abc.def&x=1", "GET /f?token=[redacted]&x=1"),
            (
                "https://b.s3/k?X-Amz-Signature=0a1b",
                "https://b.s3/k?X-Amz-Signature=[redacted]",
            ),
            (
                "X-Amz-Security-Token=IQo%3D&X-Amz-Date=1",
                "X-Amz-Security-Token=[redacted]&X-Amz-Date=1",
            ),
            ("?invite=a.b)", "?invite=[redacted])"),
            ("(é eyJhbGciOi.eyJzdWIi.c2ln)", "(é [redacted])"),
            (
                "Authorization: Bearer 0123456789abcdef",
                "Authorization: Bearer [redacted]",
            ),
            (
                "authorization: \"Basic YTpi\"",
                "authorization: \"[redacted]\"",
            ),
            ("or3_cookie=\"a b\" x", "or3_cookie=\"[redacted]\" x"),
            (
                "{\"password\":\"hunter2\"}",
                "{\"password\":\"[redacted]\"}",
            ),
            (
                "Login { new_password: \"a b\" }",
                "Login { new_password: \"[redacted]\" }",
            ),
            (
                "refreshToken=1 accessToken=2",
                "refreshToken=[redacted] accessToken=[redacted]",
            ),
        ] {
            assert_eq!(redacted(text), shown);
        }
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in [
            "",
            "token",
            "token=",
            "the token: expired",
            "key: none",
            "libsql://db.example/?x=1",
            "monkey=",
            "ey☃=é",
            "heyJude",
            "a bearer came",
            "UNIQUE constraint failed: users.email",
            "password:",
        ] {
            assert!(matches!(redacted(text), Cow::Borrowed(_)), "{text}");
        }
    }

    /// Whatever is put together of what it looks for: it comes to an end, leaves no token, and finds
    /// nothing more in what it has made.
    #[test]
    fn what_was_redacted_is_not_redacted_again() {
        const PARTS: [&str; 14] = [
            "token",
            "=",
            "\"",
            ":",
            " ",
            "eyJ0123456789abcdef",
            "eyJ",
            "é",
            "☃",
            "Bearer ",
            "\\",
            "&",
            "Password",
            "a",
        ];
        let mut seed = 1_u32;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..12 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text.push_str(PARTS[(seed >> 16) as usize % PARTS.len()]);
            }
            let once = redacted(&text);
            assert!(!once.contains("eyJ0123456789abcdef"), "{text}");
            assert_eq!(redacted(&once), once, "{text}");
        }
    }
}
