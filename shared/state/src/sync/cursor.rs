//! How far devices have come.

use or3_domain::clock::Timestamp;
use or3_domain::ids::UserId;
use or3_domain::store::StoreError;
use or3_domain::sync::{CursorError, CursorReport, DeviceCursor};

use super::sql::{HEAD, existing, head_seq, number};
use crate::database::{Database, answers};
use crate::statement::{Row, Statement};

pub(super) async fn update(
    database: &Database,
    report: &CursorReport,
    now: Timestamp,
) -> Result<(), CursorError> {
    let about = |sql| Statement::new(sql).bind(report.workspace.as_str());
    let batch = vec![
        about(HEAD),
        about(STORED).bind(report.device_id.as_str()),
        about(ADVANCE)
            .bind(report.device_id.as_str())
            .bind(report.user.as_str())
            .bind(report.version)
            .bind(now.millis()),
    ];
    let [head, stored, _] = answers(database.write(batch).await?)?;
    let head = existing(head.into_first())?.int(1)?;
    let stored = stored.into_first().as_ref().map(cursor).transpose()?;
    report.judge(head, stored.as_ref())
}

fn cursor(row: &Row) -> Result<DeviceCursor, StoreError> {
    Ok(DeviceCursor {
        user: UserId::new(row.text(0)?),
        version: row.int(1)?,
    })
}

const STORED: &str = concat!(
    "SELECT user_id, version FROM device_cursors
    WHERE workspace = ",
    number!(),
    " AND device_id = ?2"
);

/// Writes exactly what `CursorReport::judge` allows.
const ADVANCE: &str = concat!(
    "INSERT INTO device_cursors (workspace, device_id, user_id, version, seen_at)
    SELECT ",
    number!(),
    ", ?2, ?3, ?4, ?5 WHERE ?4 <= ",
    head_seq!(),
    " & 0xFFFFFFFFFF
    ON CONFLICT (workspace, device_id) DO UPDATE SET
        version = excluded.version, seen_at = excluded.seen_at
    WHERE user_id = excluded.user_id AND version <= excluded.version"
);
