//! A pull: a range of the log.

use or3_domain::store::StoreError;
use or3_domain::sync::{Change, Operation, PullPage, PullRequest, Revision};

use super::sql::{HEAD, MAX_VERSION, existing, head_seq, number, table};
use crate::database::{Database, answers};
use crate::statement::{Row, Statement};

pub(super) async fn pull(
    database: &Database,
    request: &PullRequest,
) -> Result<PullPage, StoreError> {
    let workspace = request.workspace.as_str();
    let page = Statement::new(PAGE)
        .bind(workspace)
        .bind(request.cursor.min(MAX_VERSION))
        .bind(i64::from(request.tables.bits()))
        .bind(request.limit)
        .bind(request.max_bytes)
        .bind(request.user.as_str());
    let batch = vec![Statement::new(HEAD).bind(workspace), page];
    let [head, page] = answers(database.read(batch).await?)?;
    let floor = existing(head.into_first())?.int(2)?;
    let mut result = PullPage {
        changes: Vec::with_capacity(page.rows.len()),
        next_cursor: request.cursor,
        has_more: false,
        oldest_retained: floor + 1,
    };
    let shown = page.rows.len().min(request.limit as usize);
    for row in page.rows.into_iter().take(shown) {
        result.next_cursor = row.int(0)?;
        result.has_more = row.int(1)? > i64::try_from(shown).unwrap_or(i64::MAX);
        if row.flag(2)? {
            result.changes.push(change(row)?);
        }
    }
    Ok(result)
}

fn change(mut row: Row) -> Result<Change, StoreError> {
    Ok(Change {
        version: row.int(0)?,
        table: table(&row, 3)?,
        operation: if row.flag(4)? {
            Operation::Delete
        } else {
            Operation::Put
        },
        pk: row.take_string(5)?,
        payload: row.take_opt_string(10)?,
        revision: Revision {
            clock: row.int(6)?,
            hlc: row.take_string(7)?,
            op_id: row.take_string(9)?,
        },
        device_id: row.take_string(8)?,
    })
}

/// The entries after the cursor that the filter lets pass.
macro_rules! matching {
    () => {
        concat!(
            "seq > (",
            number!(),
            " << 40 | ?2) AND seq <= ",
            head_seq!(),
            " AND ?3 >> table_id & 1"
        )
    };
}

/// One entry more than the limit is looked at, to know whether there is more. Entries whose
/// predecessors already fill the page's bytes are cut; the running sum that this takes is only
/// made if the page is too large at all.
const PAGE: &str = concat!(
    "WITH found AS NOT MATERIALIZED (
        SELECT seq, coalesce(octet_length(payload), 0) AS bytes FROM change_log WHERE ",
    matching!(),
    " ORDER BY seq LIMIT ?4 + 1),
    size AS MATERIALIZED (SELECT count(*) AS entries, sum(bytes) AS bytes FROM found),
    running AS NOT MATERIALIZED (
        SELECT sum(bytes) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) - bytes AS before
        FROM found)
    SELECT seq & 0xFFFFFFFFFF, (SELECT entries FROM size), owner IS NULL OR owner = ?6,
        table_id, op, pk, clock, hlc, device_id, op_id, payload
    FROM change_log WHERE ",
    matching!(),
    " ORDER BY seq LIMIT (SELECT iif(bytes > ?5,
        (SELECT count(*) FROM running WHERE before < ?5 OR before = 0), entries) FROM size)"
);
