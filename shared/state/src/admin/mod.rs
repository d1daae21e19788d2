//! Administration of the deployment on rows.

mod credentials;
mod directory;
mod lists;
mod workspaces;

use or3_domain::admin::Deed;
use or3_domain::audit::{Action, NewEntry};
use or3_domain::store::StoreError;

use crate::audit;
use crate::statement::{Answer, Row, Statement};

/// What is written down of a deed, right behind what it changed.
fn told(deed: &Deed, action: Action, target: &str) -> Statement {
    let entry = NewEntry::new(deed.at, action, &deed.by).on(target);
    audit::entry(&entry.from(deed.from.as_deref()), audit::DONE)
}

/// A count, which is never negative.
fn count(row: &Row, column: usize) -> Result<u64, StoreError> {
    let number = row.int(column)?;
    u64::try_from(number).map_err(|_| StoreError::Fault(format!("{number} is no count")))
}

/// The count in the first column of the only row.
fn total(answer: Answer) -> Result<u64, StoreError> {
    let row = answer.into_first();
    let row = row.ok_or_else(|| StoreError::Fault("a count without a row".to_owned()))?;
    count(&row, 0)
}
