//! An event that is no request: a schedule's, or an operator's own.
//!
//! A schedule's event asks for everything. An operator's may say more, at its top or in `detail`:
//! `{"dryRun": true, "kinds": ["sessions"]}`, or `{"verify": true}` for a look at all blobs.

use std::sync::Arc;

use or3_domain::clock::Timestamp;
use or3_domain::gc::{Collection, Collector, Kind, Order, Run, Source, UnknownKind};
use or3_domain::store::StoreError;
use serde::Deserialize;
use serde_json::Value;

/// Why an event came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// It asks for something in another shape.
    #[error("the event is not understood: {0}")]
    Shape(#[from] serde_json::Error),
    /// It asks for a kind that there is not.
    #[error(transparent)]
    Kind(#[from] UnknownKind),
    /// The collection could not be written down.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Wish {
    dry_run: bool,
    verify: bool,
    kinds: Vec<String>,
}

/// Collects what `event` asks for, or looks at what `check` finds, until `until` at the latest.
///
/// # Errors
///
/// [`EventError`]; the invocation fails with its text, so that whoever sent the event sees it. A
/// kind that fails is no error of the event: the run says so, and the next one goes on there.
pub async fn handle(
    collection: &Collection,
    check: Arc<dyn Collector>,
    event: &Value,
    until: Timestamp,
) -> Result<Run, EventError> {
    let (wish, source) = wish(event)?;
    if wish.verify {
        return Ok(collection.pass(check, source, true, until).await?);
    }
    Ok(collection.run(&order(&wish, source, until)?).await?)
}

fn wish(event: &Value) -> Result<(Wish, Source), EventError> {
    let sender = event.get("source").and_then(Value::as_str);
    let scheduled = sender.is_some_and(|sender| sender.starts_with("aws."));
    let wish = match event.get("detail") {
        Some(detail) => Wish::deserialize(detail)?,
        None if event.is_object() => Wish::deserialize(event)?,
        None => Wish::default(),
    };
    let source = if scheduled {
        Source::Schedule
    } else {
        Source::Event
    };
    Ok((wish, source))
}

fn order(wish: &Wish, source: Source, until: Timestamp) -> Result<Order, UnknownKind> {
    let kinds = wish.kinds.iter().map(|name| name.parse::<Kind>());
    Ok(Order {
        kinds: kinds.collect::<Result<_, _>>()?,
        dry_run: wish.dry_run,
        ..Order::everything(source, until)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const UNTIL: Timestamp = Timestamp::from_millis(9);

    fn ordered(event: &Value) -> Result<Order, EventError> {
        let (wish, source) = wish(event)?;
        assert!(!wish.verify);
        Ok(order(&wish, source, UNTIL)?)
    }

    fn asked(event: &Value) -> (Source, Vec<Kind>, bool) {
        let order = ordered(event).expect("an order");
        assert_eq!(order.until, UNTIL);
        (order.source, order.kinds, order.dry_run)
    }

    #[test]
    fn a_schedule_asks_for_everything() {
        let event = include_str!("../../../tests/events/gc-schedule.json");
        let event = serde_json::from_str(event).expect("JSON");
        assert_eq!(asked(&event), (Source::Schedule, Vec::new(), false));
    }

    #[test]
    fn an_operator_may_ask_for_a_look_at_some_kinds() {
        let look = json!({ "dryRun": true, "kinds": ["sessions"] });
        let wanted = (Source::Event, vec![Kind::Sessions], true);
        assert_eq!(asked(&look), wanted);
        assert_eq!(asked(&json!({ "detail": look })), wanted);
        assert_eq!(asked(&json!({})), (Source::Event, Vec::new(), false));
        assert_eq!(asked(&json!(null)), (Source::Event, Vec::new(), false));
    }

    #[test]
    fn what_is_not_understood_collects_nothing() {
        for odd in [
            json!({ "kinds": ["everything"] }),
            json!({ "kinds": "sessions" }),
            json!({ "dryRun": "true" }),
        ] {
            assert!(ordered(&odd).is_err(), "{odd}");
        }
    }
}
