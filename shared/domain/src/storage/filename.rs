//! File names that are safe to hand to a browser (storage contract, 6.2).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use unicode_normalization::UnicodeNormalization;

use super::mime::Disposition;

/// Everything but RFC 8187's `attr-char`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The name of a file that has none.
pub const DEFAULT_NAME: &str = "download";

const LONGEST: usize = 180;

/// `name` in compatibility form, without control characters, slashes and backslashes, and at most
/// 180 characters long; a name of dots alone or of nothing becomes [`DEFAULT_NAME`].
pub fn sanitized(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    let mut after_separator = false;
    for character in name.nfkc() {
        let separator = matches!(character, '/' | '\\');
        if character.is_ascii_control() {
            safe.push('_');
        } else if !separator {
            safe.push(character);
        } else if !after_separator {
            safe.push('_');
        }
        after_separator = separator;
    }
    let safe = safe.trim();
    let cut: String = safe.chars().take(LONGEST).collect();
    if safe.chars().all(|character| character == '.') {
        return DEFAULT_NAME.to_owned();
    }
    cut
}

/// What a download says of disposition and name (RFC 6266), with the name in the extended form
/// (RFC 8187), which carries every character and which every browser reads: plain ASCII whatever
/// `name` holds.
pub fn content_disposition(disposition: Disposition, name: &str) -> String {
    let name = utf8_percent_encode(name, ENCODED);
    format!("{}; filename*=UTF-8''{name}", disposition.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_parameter() {
        let value = content_disposition(Disposition::Attachment, "a\"; x=\r\né(1)'*%.html");
        assert_eq!(
            value,
            "attachment; filename*=UTF-8''a%22%3B%20x%3D%0D%0A%C3%A9%281%29%27%2A%25.html"
        );
    }

    #[test]
    fn plain_names_stay_readable() {
        let value = content_disposition(Disposition::Inline, "photo-1_2.png");
        assert_eq!(value, "inline; filename*=UTF-8''photo-1_2.png");
    }

    #[test]
    fn the_example_of_the_contract() {
        assert_eq!(sanitized("../../evil\r\n.html"), ".._.._evil__.html");
    }

    #[test]
    fn runs_of_separators_become_one_underscore() {
        assert_eq!(sanitized("a//\\/b"), "a_b");
    }

    #[test]
    fn names_of_nothing_or_dots_get_the_default() {
        for name in ["", "   ", ".", "...", " .. "] {
            assert_eq!(sanitized(name), DEFAULT_NAME, "{name:?}");
        }
    }

    #[test]
    fn long_names_are_cut_by_characters() {
        assert_eq!(sanitized(&"é".repeat(500)).chars().count(), 180);
    }

    #[test]
    fn compatibility_forms_cannot_smuggle_a_separator() {
        assert_eq!(sanitized("a／b"), "a_b");
    }
}
