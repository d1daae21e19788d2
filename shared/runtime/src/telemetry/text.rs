//! Text that cannot leave its line.

use std::fmt::Write;

/// Writes `text` as it stands within a JSON string: quotes, control characters of both sets, line
/// ends of Unicode and marks of writing direction are escaped, so that nobody who reads the line
/// in a terminal, an editor or a parser takes it for more than one, or for something else.
pub(super) fn escaped(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(needs_escape) {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = tail.chars();
        match chars.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            // All others that need it have one unit of UTF-16.
            Some(other) => {
                let _strings_take_all = write!(out, "\\u{:04x}", u32::from(other));
            }
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}

fn needs_escape(c: char) -> bool {
    matches!(c, '"' | '\\')
        || c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// [`escaped`] between quotes.
pub(super) fn quoted(out: &mut String, text: &str) {
    out.push('"');
    escaped(out, text);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_quoted_stays_in_its_line_and_is_read_again_as_it_was() {
        let all: String = (0..=0x2100).filter_map(char::from_u32).collect();
        for text in [
            "",
            "plain",
            "snow ☃ and 𝄞",
            "a\"b\\c",
            "a\nb\r\nc\td",
            "\u{1b}[31mred\u{9b}0m",
            "\u{202e}drawkcab\u{2066}",
            &all,
        ] {
            let mut out = String::new();
            quoted(&mut out, text);
            let odd = out
                .chars()
                .find(|c| c.is_control() || "\u{2028}\u{2029}\u{202e}".contains(*c));
            assert_eq!(odd, None, "{out}");
            assert_eq!(serde_json::from_str::<String>(&out).expect("JSON"), text);
        }
    }
}
