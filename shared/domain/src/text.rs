//! Texts as clients see them, which are JavaScript.

/// `text` without the white space that JavaScript trims: with the mark of byte order, and without the
/// next line of C1.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c == '\u{FEFF}' || c.is_whitespace() && c != '\u{85}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trimming_is_that_of_javascript() {
        assert_eq!(trim("\u{FEFF}\u{a0} dev \n"), "dev");
        assert_eq!(trim("\u{85}dev"), "\u{85}dev");
    }
}
