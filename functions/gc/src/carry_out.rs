//! Doing what a wish asks for.

use std::sync::Arc;

use or3_domain::clock::Timestamp;
use or3_domain::gc::{
    Collection, Collector, Cursor, InvalidCursor, Look, Order, Page, Run, Source,
};
use or3_domain::store::StoreError;
use serde::Serialize;

use crate::wish::{self, Wish};

/// What became of a wish: the run, and where a look goes on.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The run, with what a look found.
    #[serde(flatten)]
    pub run: Run,
    /// Where the next page of a look begins; `None` behind the last one, and for a collection.
    pub next_cursor: Option<String>,
}

/// Why a wish was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Carries a wish out until `until` at the latest. A kind that fails is no error: the run says so,
/// and the next one goes on there.
pub(crate) async fn carry_out(
    collection: &Collection,
    check: &Arc<dyn Collector>,
    wish: Wish,
    source: Source,
    until: Timestamp,
) -> Result<Report, Failed> {
    let (collectors, page) = match wish {
        Wish::Collect(kinds) => {
            let order = Order {
                kinds,
                ..Order::everything(source, until)
            };
            return Ok(Report {
                run: collection.run(&order).await?,
                next_cursor: None,
            });
        }
        Wish::DryRun(kinds, page) => (collection.of(&kinds), page),
        Wish::Verify(page) => (vec![Arc::clone(check)], page),
    };
    let wish::Page { from, names } = page;
    if from
        .as_ref()
        .is_some_and(|from| is_nowhere(from, &collectors))
    {
        return Err(InvalidCursor.into());
    }
    let look = Look {
        source,
        from,
        names,
        until,
    };
    let Page { run, next } = collection.look(&collectors, &look).await?;
    Ok(Report {
        run,
        next_cursor: next.map(|cursor| cursor.to_string()),
    })
}

/// Whether a cursor is of a kind that this deployment does not collect.
fn is_nowhere(cursor: &Cursor, collectors: &[Arc<dyn Collector>]) -> bool {
    collectors.iter().all(|one| one.kind() != cursor.kind)
}
