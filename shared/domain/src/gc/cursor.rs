//! Where a page of a look ended.

use std::fmt;
use std::str::FromStr;

use super::Kind;
use crate::clock::Timestamp;

/// The place behind a page: a kind, where it goes on there, and the moment of the first page, at
/// which all of them judge. As text it is `millis kind position`, which nobody else need know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the first page began.
    pub at: Timestamp,
    /// The kind.
    pub kind: Kind,
    /// The kind's own position; `None` begins it.
    pub position: Option<String>,
}

/// A text that is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one of ours")]
pub struct InvalidCursor;

impl Cursor {
    /// The beginning of a kind.
    pub fn new(at: Timestamp, kind: Kind) -> Self {
        Self {
            at,
            kind,
            position: None,
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.at.millis(), self.kind)?;
        match &self.position {
            Some(position) => write!(out, " {position}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (millis, rest) = text.split_once(' ').ok_or(InvalidCursor)?;
        let (kind, position) = match rest.split_once(' ') {
            Some((kind, position)) => (kind, Some(position.to_owned())),
            None => (rest, None),
        };
        Ok(Self {
            at: Timestamp::from_millis(millis.parse().map_err(|_| InvalidCursor)?),
            kind: kind.parse().map_err(|_| InvalidCursor)?,
            position,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        for position in [None, Some(""), Some(r#"["a b",{"c":1}]"#)] {
            let cursor = Cursor {
                position: position.map(str::to_owned),
                ..Cursor::new(Timestamp::from_millis(-5), Kind::Blobs)
            };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }

    #[test]
    fn other_texts_are_no_cursors() {
        for odd in ["", "1", "blobs", "1 everything", "soon blobs", "1  blobs"] {
            assert_eq!(odd.parse::<Cursor>(), Err(InvalidCursor), "{odd}");
        }
    }
}
