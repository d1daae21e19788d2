//! Forgetting what every device has (sync contract, 15).

use std::time::Duration;

use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::store::StoreError;

use super::snapshot::{FORGET, FORGET_STATES};
use super::sql::{head_seq, number};
use crate::database::Database;
use crate::statement::Statement;

pub(super) async fn change_log(
    database: &Database,
    workspace: &WorkspaceId,
    retention: Duration,
    now: Timestamp,
) -> Result<(), StoreError> {
    let about = |sql| Statement::new(sql).bind(workspace.as_str());
    let cutoff = now.minus(retention);
    let batch = vec![
        // What only snapshots hold that nobody can read any more is not kept for them.
        Statement::new(FORGET).bind(now.millis()),
        about(FORGET_STATES),
        about(EXPIRE_CURSORS).bind(cutoff.millis()),
        about(RAISE_FLOOR).bind(cutoff.millis()),
        about(DROP_OVERTAKEN),
    ];
    database.write(batch).await.map(drop)
}

pub(super) async fn tombstones(
    database: &Database,
    workspace: &WorkspaceId,
    retention: Duration,
    now: Timestamp,
) -> Result<(), StoreError> {
    let about = |sql| Statement::new(sql).bind(workspace.as_str());
    let cutoff = now.minus(retention);
    let batch = vec![
        about(EXPIRE_CURSORS).bind(cutoff.millis()),
        about(FORGET_CONTENT).bind(cutoff.millis()),
    ];
    database.write(batch).await.map(drop)
}

/// Devices that were not seen for the whole window hold nothing any more.
const EXPIRE_CURSORS: &str = concat!(
    "DELETE FROM device_cursors WHERE workspace = ",
    number!(),
    " AND seen_at < ?2"
);

/// The smallest version that all remaining devices have; without devices, the head.
macro_rules! held {
    () => {
        concat!(
            "coalesce((SELECT min(version) FROM device_cursors WHERE workspace = ",
            number!(),
            "),
            ",
            head_seq!(),
            " & 0xFFFFFFFFFF)"
        )
    };
}

/// The floor moves up to the first entry that is too young, and no further than all devices have.
const RAISE_FLOOR: &str = concat!(
    "UPDATE sync_heads SET floor = max(floor, min(",
    held!(),
    ", coalesce((
        SELECT (seq & 0xFFFFFFFFFF) - 1 FROM change_log
        WHERE seq > (workspace << 40 | floor) AND seq <= (workspace << 40 | head)
            AND created_at >= ?2
        ORDER BY seq LIMIT 1), head)))
    WHERE workspace = ",
    number!()
);

/// Entries at or below the floor go, unless a row or a snapshot still stands on them.
const DROP_OVERTAKEN: &str = concat!(
    "DELETE FROM change_log
    WHERE seq > ",
    number!(),
    " << 40
        AND seq <= (SELECT workspace << 40 | floor FROM sync_heads WHERE workspace = ",
    number!(),
    ")
        AND NOT EXISTS (SELECT 1 FROM sync_rows r
            WHERE r.workspace = ",
    number!(),
    " AND r.table_id = change_log.table_id
                AND r.pk = change_log.pk AND change_log.seq IN (r.seq, r.payload_seq))
        AND NOT EXISTS (SELECT 1 FROM sync_row_history y
            WHERE y.workspace = ",
    number!(),
    " AND y.table_id = change_log.table_id
                AND y.pk = change_log.pk AND change_log.seq IN (y.seq, y.payload_seq))"
);

/// Deleted rows keep their revision and lose their content.
const FORGET_CONTENT: &str = concat!(
    "UPDATE sync_rows SET payload_seq = NULL
    WHERE workspace = ",
    number!(),
    " AND deleted AND payload_seq IS NOT NULL
        AND seq & 0xFFFFFFFFFF <= ",
    held!(),
    "
        AND (SELECT created_at FROM change_log c WHERE c.seq = sync_rows.seq) < ?2"
);
