//! File names that are safe to hand to a browser (storage contract, 6.2).

use unicode_normalization::UnicodeNormalization;

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

#[cfg(test)]
mod tests {
    use super::*;

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
