//! The compact form: no white space outside strings, escapes as JavaScript writes them
//! (sync contract, 5.7).

use super::scan::{Json, length_of_string};
use super::string::{self, Unit};

/// How deep a value may be nested: far above what clients send (20) and what the original bears
/// (2000).
pub const MAX_DEPTH: usize = 10_000;

/// A value in compact form.
pub struct Compact {
    /// The text.
    pub text: String,
    /// How many containers enclose the innermost value.
    pub depth: usize,
}

/// The compact form of `value`. Numbers keep their spelling.
pub fn compact(value: Json<'_>) -> Compact {
    let source = value.text();
    let bytes = source.as_bytes();
    let mut text = String::with_capacity(source.len());
    let (mut at, mut copied) = (0, 0);
    let (mut open, mut depth) = (0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = at + length_of_string(&bytes[at..]);
                if bytes[at..end].contains(&b'\\') {
                    text.push_str(&source[copied..at]);
                    rewrite(&source[at..end], &mut text);
                    copied = end;
                }
                at = end;
                continue;
            }
            b' ' | b'\t' | b'\n' | b'\r' => {
                text.push_str(&source[copied..at]);
                copied = at + 1;
            }
            b'{' | b'[' => {
                open += 1;
                depth = depth.max(open);
            }
            b'}' | b']' => open -= 1,
            _ => {}
        }
        at += 1;
    }
    text.push_str(&source[copied..]);
    Compact { text, depth }
}

/// Writes a quoted string again with the shortest escapes.
fn rewrite(quoted: &str, out: &mut String) {
    let mut rest = quoted;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let (unit, after) = string::unescape(escape);
        rest = after;
        match unit {
            Unit::Whole(c) => string::write_escaped(c, out),
            Unit::Half(half) => match string::low_half(half, rest) {
                Some((c, after)) => {
                    out.push(c);
                    rest = after;
                }
                None => string::write_unit(half, out),
            },
        }
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compacted(text: &str) -> String {
        compact(Json::parse(text.as_bytes()).expect("valid JSON")).text
    }

    #[test]
    fn white_space_goes_outside_strings_only() {
        assert_eq!(
            compacted(" { \"a b\" :\n[ 1 ,\t\"x  y\" ] } "),
            r#"{"a b":[1,"x  y"]}"#
        );
    }

    #[test]
    fn escapes_become_those_of_javascript() {
        assert_eq!(
            compacted(r#""\u0041\/\u000A\ud83d\ude00\u001F""#),
            "\"A/\\n😀\\u001f\""
        );
    }

    #[test]
    fn half_a_surrogate_pair_stays_an_escape() {
        assert_eq!(compacted(r#""x\uD83D""#), r#""x\ud83d""#);
        assert_eq!(compacted(r#""\ude00\ud83d""#), r#""\ude00\ud83d""#);
    }

    #[test]
    fn depth_is_counted_without_recursion() {
        let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
        assert_eq!(
            compact(Json::parse(deep.as_bytes()).expect("valid")).depth,
            20_000
        );
        assert_eq!(compact(Json::trusted("[{},[]]")).depth, 2);
    }
}
