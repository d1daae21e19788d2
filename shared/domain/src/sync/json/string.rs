//! JSON strings: in and out of their quotes.

use std::borrow::Cow;

/// The text of a valid JSON string, quotes included. Half surrogate pairs become U+FFFD.
pub(super) fn decode(quoted: &str) -> Cow<'_, str> {
    let inner = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let (unit, after) = unescape(escape);
        rest = after;
        match unit {
            Unit::Whole(c) => text.push(c),
            Unit::Half(high) => {
                let (c, after) = join(high, rest);
                text.push(c);
                rest = after;
            }
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// What one escape stands for.
pub(super) enum Unit {
    /// A character.
    Whole(char),
    /// One half of a surrogate pair.
    Half(u16),
}

/// Reads the escape whose backslash has been taken off, and gives what follows it.
pub(super) fn unescape(text: &str) -> (Unit, &str) {
    let (letter, rest) = text.split_at_checked(1).unwrap_or((text, ""));
    let c = match letter {
        "b" => '\u{8}',
        "f" => '\u{c}',
        "n" => '\n',
        "r" => '\r',
        "t" => '\t',
        "u" => {
            let (digits, rest) = rest.split_at_checked(4).unwrap_or((rest, ""));
            let unit = u16::from_str_radix(digits, 16).unwrap_or(0xFFFD);
            let unit = char::from_u32(u32::from(unit)).map_or(Unit::Half(unit), Unit::Whole);
            return (unit, rest);
        }
        other => other.chars().next().unwrap_or('\u{FFFD}'),
    };
    (Unit::Whole(c), rest)
}

/// The character of `high` and the low half that `rest` may begin with.
fn join(high: u16, rest: &str) -> (char, &str) {
    match low_half(high, rest) {
        Some((c, after)) => (c, after),
        None => ('\u{FFFD}', rest),
    }
}

/// The pair of `high` and an escaped low half at the beginning of `rest`.
pub(super) fn low_half(high: u16, rest: &str) -> Option<(char, &str)> {
    let (unit, after) = unescape(rest.strip_prefix('\\')?);
    let Unit::Half(low) = unit else { return None };
    let mut pair = char::decode_utf16([high, low]);
    let c = pair.next()?.ok()?;
    Some((c, after))
}

/// Writes `text` as a JSON string with the escapes of JavaScript.
pub fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|c| c < ' ' || c == '"' || c == '\\') {
        out.push_str(&rest[..at]);
        let mut chars = rest[at..].chars();
        chars.by_ref().take(1).for_each(|c| write_escaped(c, out));
        rest = chars.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Writes one character as it stands inside a string of JavaScript's compact form.
pub(super) fn write_escaped(c: char, out: &mut String) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        control if control < ' ' => write_unit(control as u16, out),
        other => out.push(other),
    }
}

/// Writes one UTF-16 unit as an escape.
pub(super) fn write_unit(unit: u16, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push_str("\\u");
    for shift in [12, 8, 4, 0] {
        out.push(char::from(DIGITS[usize::from(unit >> shift & 0xF)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_pairs_are_decoded_and_halves_are_replaced() {
        assert_eq!(decode(r#""a\n\u0041\/\ud83d\ude00\"""#), "a\nA/😀\"");
        assert_eq!(decode(r#""\ud83d""#), "\u{FFFD}");
        assert_eq!(decode(r#""\ud83dx\ude00""#), "\u{FFFD}x\u{FFFD}");
        assert_eq!(decode(r#""\ud83d\ud83d\ude00""#), "\u{FFFD}😀");
    }

    #[test]
    fn written_strings_read_back_and_escape_as_javascript_does() {
        let text = "q\" b\\ \u{1} \u{1f} \n 😀 \u{2028} \u{7f}";
        let mut out = String::new();
        write_string(text, &mut out);
        assert_eq!(
            out,
            "\"q\\\" b\\\\ \\u0001 \\u001f \\n 😀 \u{2028} \u{7f}\""
        );
        assert_eq!(
            serde_json::from_str::<String>(&out).expect("a string"),
            text
        );
    }
}
