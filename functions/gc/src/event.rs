//! An event that is no request: a schedule's, or an operator's own.
//!
//! A schedule's event asks for everything. An operator's may say more, at its top or in `detail`:
//! `{"dryRun": true, "kinds": ["sessions"]}`, or `{"verify": true}` for a look at all blobs.

use std::sync::Arc;

use or3_domain::clock::Timestamp;
use or3_domain::gc::{Collection, Collector, InvalidCursor, Source};
use or3_domain::store::StoreError;
use serde_json::{Value, json};

use crate::carry_out::{Failed, Report, carry_out};
use crate::wish::{Wish, WishError};

/// Why an event came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// It is not understood.
    #[error(transparent)]
    Wish(#[from] WishError),
    /// The collection could not be written down.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Failed> for EventError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Cursor(InvalidCursor) => Self::Wish(InvalidCursor.into()),
            Failed::Store(error) => Self::Store(error),
        }
    }
}

/// Collects what `event` asks for, or looks at it or at what `check` finds, until `until` at the
/// latest.
///
/// # Errors
///
/// [`EventError`]; the invocation fails with its text, so that whoever sent the event sees it. A
/// kind that fails is no error of the event: the run says so, and the next one goes on there.
pub async fn handle(
    collection: &Collection,
    check: &Arc<dyn Collector>,
    event: &Value,
    until: Timestamp,
) -> Result<Report, EventError> {
    let (wish, source) = wish(event)?;
    Ok(carry_out(collection, check, wish, source, until).await?)
}

fn wish(event: &Value) -> Result<(Wish, Source), WishError> {
    let sender = event.get("source").and_then(Value::as_str);
    let scheduled = sender.is_some_and(|sender| sender.starts_with("aws."));
    let wish = match event.get("detail") {
        Some(detail) => Wish::of(detail)?,
        None if event.is_null() => Wish::of(&json!({}))?,
        None => Wish::of(event)?,
    };
    let source = if scheduled {
        Source::Schedule
    } else {
        Source::Event
    };
    Ok((wish, source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use or3_domain::gc::Kind;

    fn asked(event: &Value) -> (Source, Wish) {
        let (wish, source) = wish(event).expect("a wish");
        (source, wish)
    }

    #[test]
    fn a_schedule_asks_for_everything() {
        let event = include_str!("../../../tests/events/gc-schedule.json");
        let event = serde_json::from_str(event).expect("JSON");
        let everything = Wish::Collect(Vec::new());
        assert_eq!(asked(&event), (Source::Schedule, everything));
    }

    #[test]
    fn an_operator_asks_at_the_top_or_in_the_detail() {
        let some = json!({ "kinds": ["sessions"] });
        let wanted = (Source::Event, Wish::Collect(vec![Kind::Sessions]));
        assert_eq!(asked(&some), wanted);
        assert_eq!(asked(&json!({ "detail": some })), wanted);
        let everything = (Source::Event, Wish::Collect(Vec::new()));
        assert_eq!(asked(&json!({})), everything);
        assert_eq!(asked(&json!(null)), everything);
        assert!(wish(&json!("sessions")).is_err());
    }
}
