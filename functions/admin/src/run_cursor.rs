//! Where a page of the list of collections ended.

use std::fmt;

use or3_domain::clock::Timestamp;
use or3_domain::gc::Run;

/// The run that a page ended with: its beginning and its id. As text it is `millis.id`, which
/// nobody else need know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RunCursor<'a> {
    pub(crate) started_at: Timestamp,
    pub(crate) id: &'a str,
}

impl<'a> RunCursor<'a> {
    pub(crate) fn of(run: &'a Run) -> Self {
        Self {
            started_at: run.started_at,
            id: &run.id,
        }
    }

    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (millis, id) = text.split_once('.')?;
        Some(Self {
            started_at: Timestamp::from_millis(millis.parse().ok()?),
            id,
        })
    }
}

impl fmt::Display for RunCursor<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.started_at.millis(), self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_names_a_moment_and_an_id() {
        let cursor = RunCursor {
            started_at: Timestamp::from_millis(12),
            id: "a-b",
        };
        assert_eq!(RunCursor::parse("12.a-b"), Some(cursor));
        assert_eq!(cursor.to_string(), "12.a-b");
        for odd in ["", "12", "soon.a", ".a", "1 2.a"] {
            assert_eq!(RunCursor::parse(odd), None, "{odd}");
        }
    }
}
