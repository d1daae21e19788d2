//! The audit trail on rows.

mod collect;
mod log;
mod sql;
#[cfg(test)]
mod tests;

use or3_domain::audit::NewEntry;
use or3_domain::ids::WorkspaceId;

use crate::statement::Statement;

pub(crate) use collect::AuditCollector;

/// The statement before this one has changed something.
pub(crate) const DONE: &str = "changes() > 0";

/// Writes `entry` down where `when` holds, a condition on arguments from `?9` on that the caller
/// binds. With [`DONE`] it stands right behind the change that it tells, in the same transaction.
pub(crate) fn entry(entry: &NewEntry, when: &'static str) -> Statement {
    Statement::new(format!("{} WHERE {when}", sql::WRITE))
        .bind(entry.at.millis())
        .bind(entry.action.as_str())
        .bind(entry.actor.as_str())
        .bind(entry.target.as_deref())
        .bind(entry.workspace.as_ref().map(WorkspaceId::as_str))
        .bind(entry.ip_address.as_deref())
        .bind(entry.request_id.as_deref())
        .bind(entry.detail.as_deref())
}

/// `entry`, unless anybody can cause it and too many were written down in the last hour.
fn unless_flooded(new: &NewEntry) -> Statement {
    if !new.action.is_anybodys() {
        return entry(new, "true");
    }
    let begins = new.at.minus(sql::HOUR).millis();
    entry(new, sql::ROOM).bind(begins)
}
