//! Names and descriptions, within their limits (auth contract, 3.3). Lengths count UTF-16 units,
//! and blanks are those of JavaScript.

use crate::text::trim;

/// The longest name, in UTF-16 units.
pub const MAX_NAME: usize = 100;
/// The longest description, in UTF-16 units.
pub const MAX_DESCRIPTION: usize = 1000;

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing is left after trimming.
    #[error("blank")]
    Blank,
    /// Over the limit.
    #[error("too long")]
    TooLong,
}

/// A workspace's name: trimmed, 1 to 100 units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceName(String);

impl WorkspaceName {
    /// Trims and checks `text`.
    ///
    /// # Errors
    ///
    /// Which limit it misses.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        match trim(text) {
            "" => Err(NameError::Blank),
            name if units(name) > MAX_NAME => Err(NameError::TooLong),
            name => Ok(Self(name.to_owned())),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A workspace's description: trimmed, up to 1000 units, and absent when blank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description(Option<String>);

impl Description {
    /// Trims and checks `text`; nothing and blanks are "no description".
    ///
    /// # Errors
    ///
    /// [`NameError::TooLong`].
    pub fn parse(text: Option<&str>) -> Result<Self, NameError> {
        match text.map(trim) {
            None | Some("") => Ok(Self(None)),
            Some(text) if units(text) > MAX_DESCRIPTION => Err(NameError::TooLong),
            Some(text) => Ok(Self(Some(text.to_owned()))),
        }
    }

    /// The text, if there is one.
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_end_at_100_units() {
        assert_eq!(
            WorkspaceName::parse("  a b ").map(|n| n.0),
            Ok("a b".to_owned())
        );
        assert_eq!(WorkspaceName::parse(" \t"), Err(NameError::Blank));
        assert!(WorkspaceName::parse(&"\u{1f511}".repeat(50)).is_ok());
        let long = "\u{1f511}".repeat(51);
        assert_eq!(WorkspaceName::parse(&long), Err(NameError::TooLong));
    }

    #[test]
    fn blanks_are_those_of_javascript() {
        assert_eq!(WorkspaceName::parse("\u{feff}"), Err(NameError::Blank));
        assert_eq!(
            WorkspaceName::parse("\u{feff}a\u{2003}").map(|n| n.0),
            Ok("a".to_owned())
        );
        assert_eq!(
            WorkspaceName::parse("\u{85}").map(|n| n.0),
            Ok("\u{85}".to_owned())
        );
        let blank = Description::parse(Some("\u{feff} "));
        assert_eq!(blank, Ok(Description(None)));
        let line = Description::parse(Some("\u{85}words"));
        assert_eq!(line, Ok(Description(Some("\u{85}words".to_owned()))));
    }

    #[test]
    fn a_blank_description_is_none() {
        assert_eq!(Description::parse(Some("  ")), Ok(Description(None)));
        assert_eq!(Description::parse(None), Ok(Description(None)));
        assert!(Description::parse(Some(&"x".repeat(1000))).is_ok());
        let long = "x".repeat(1001);
        assert_eq!(Description::parse(Some(&long)), Err(NameError::TooLong));
    }
}
