//! What somebody asks for by an event or by a request.

use or3_domain::gc::{Cursor, InvalidCursor, Kind, UnknownKind};
use serde::Deserialize;
use serde_json::Value;

/// Why a wish is not understood; then nothing is collected.
#[derive(Debug, thiserror::Error)]
pub enum WishError {
    /// It is of another shape, or says something that nothing here knows.
    #[error("what is asked for is not understood: {0}")]
    Shape(#[from] serde_json::Error),
    /// It names a kind that there is not.
    #[error(transparent)]
    Kind(#[from] UnknownKind),
    /// Its cursor was never given.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// It asks for what does not go together.
    #[error("{0}")]
    Conflict(&'static str),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Collect these kinds; without any, all.
    Collect(Vec<Kind>),
    /// Say what that would remove.
    DryRun(Vec<Kind>, Page),
    /// Say which blobs are not what they should be.
    Verify(Page),
}

/// Which page of a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) from: Option<Cursor>,
    pub(crate) names: bool,
}

/// As it is written. A misspelt `dryRun` must not collect, so that unknown members are refused.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    dry_run: bool,
    verify: bool,
    kinds: Vec<String>,
    cursor: Option<String>,
    count_only: bool,
}

impl Wish {
    pub(crate) fn of(value: &Value) -> Result<Self, WishError> {
        if !value.is_object() {
            // A list would be read as one with everything left out.
            return Err(WishError::Conflict("what is asked for is no object"));
        }
        let written = Written::deserialize(value)?;
        let kinds = written.kinds.iter().map(|name| name.parse());
        let kinds = kinds.collect::<Result<Vec<Kind>, _>>()?;
        let cursor = written.cursor.as_deref().map(str::parse);
        let page = Page {
            from: cursor.transpose()?,
            names: !written.count_only,
        };
        match (written.dry_run, written.verify) {
            (true, true) => Err(WishError::Conflict("a dry run verifies nothing")),
            (true, false) if page.is_outside(&kinds) => Err(InvalidCursor.into()),
            (true, false) => Ok(Self::DryRun(kinds, page)),
            (false, true) if !kinds.is_empty() => Err(WishError::Conflict(
                "verifying is of blobs, and of no kinds",
            )),
            (false, true) if page.is_outside(&[Kind::BlobCheck]) => Err(InvalidCursor.into()),
            (false, true) => Ok(Self::Verify(page)),
            (false, false) if page.is_usual() => Ok(Self::Collect(kinds)),
            (false, false) => Err(WishError::Conflict("only a look has pages")),
        }
    }
}

impl Page {
    /// Whether it goes on in a kind that was not asked for.
    fn is_outside(&self, kinds: &[Kind]) -> bool {
        let from = self.from.as_ref();
        !kinds.is_empty() && from.is_some_and(|cursor| !kinds.contains(&cursor.kind))
    }

    fn is_usual(&self) -> bool {
        self.from.is_none() && self.names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wish(value: &Value) -> Wish {
        Wish::of(value).expect("a wish")
    }

    const FIRST: Page = Page {
        from: None,
        names: true,
    };

    #[test]
    fn a_look_may_be_of_some_kinds_and_go_on() {
        let look = json!({"dryRun": true, "kinds": ["sessions"]});
        assert_eq!(wish(&look), Wish::DryRun(vec![Kind::Sessions], FIRST));
        assert_eq!(wish(&json!({"verify": true})), Wish::Verify(FIRST));
        let counting = json!({"verify": true, "countOnly": true, "cursor": "5 blob-check {}"});
        let from = Some("5 blob-check {}".parse().expect("a cursor"));
        let names = false;
        assert_eq!(wish(&counting), Wish::Verify(Page { from, names }));
    }

    #[test]
    fn without_more_it_is_a_collection() {
        assert_eq!(wish(&json!({})), Wish::Collect(Vec::new()));
        let some = json!({"kinds": ["invites", "runs"]});
        assert_eq!(wish(&some), Wish::Collect(vec![Kind::Invites, Kind::Runs]));
    }

    #[test]
    fn what_is_not_understood_collects_nothing() {
        for odd in [
            json!({"kinds": ["everything"]}),
            json!({"kinds": "sessions"}),
            json!({"dryRun": "true"}),
            json!({"dryrun": true}),
            json!({"dryRun": true, "verify": true}),
            json!({"verify": true, "kinds": ["blobs"]}),
            json!({"cursor": "5 blobs"}),
            json!({"countOnly": true}),
            json!({"dryRun": true, "cursor": "soon"}),
            json!({"dryRun": true, "kinds": ["runs"], "cursor": "5 blobs"}),
            json!({"verify": true, "cursor": "5 blobs"}),
            json!([]),
        ] {
            assert!(Wish::of(&odd).is_err(), "{odd}");
        }
    }
}
