//! Which workspace comes next: those with nothing to do are passed over in one read.

use or3_domain::ids::WorkspaceId;
use or3_domain::store::StoreError;
use or3_domain::sync::{History, HistoryWindow};

use crate::database::Database;
use crate::statement::Statement;

pub(in super::super) async fn next_workspace(
    database: &Database,
    after: Option<&WorkspaceId>,
    history: History,
    window: HistoryWindow,
) -> Result<Option<WorkspaceId>, StoreError> {
    let sql = match history {
        History::ChangeLog => NEXT_WITH_LOG,
        History::Tombstones => NEXT_WITH_CONTENT,
    };
    let next = Statement::new(sql)
        .bind(after.map(WorkspaceId::as_str))
        .bind(window.from.millis())
        .bind(window.seen_since.millis());
    let row = database.query(next).await?.into_first();
    row.map(|row| Ok(WorkspaceId::new(row.text(0)?)))
        .transpose()
}

/// Old entries behind the floor, or entries below it that were not swept at this head.
const NEXT_WITH_LOG: &str =
    "SELECT w.id FROM workspaces w JOIN sync_heads h ON h.workspace = w.number
    WHERE w.number > coalesce((SELECT number FROM workspaces WHERE id = ?1), 0)
        AND w.deleted_at IS NULL
        AND (EXISTS (SELECT 1 FROM device_cursors d
                WHERE d.workspace = w.number AND d.seen_at < ?3)
            OR (h.floor > 0 AND h.swept_head <> h.head)
            OR (h.floor < h.head AND (SELECT created_at FROM change_log
                WHERE seq > (w.number << 40 | h.floor) ORDER BY seq LIMIT 1) < ?2))
    ORDER BY w.number LIMIT 1";

const NEXT_WITH_CONTENT: &str = "SELECT w.id FROM workspaces w
    WHERE w.number > coalesce((SELECT number FROM workspaces WHERE id = ?1), 0)
        AND w.deleted_at IS NULL AND ?2 IS NOT NULL AND ?3 IS NOT NULL
        AND EXISTS (SELECT 1 FROM sync_rows r
            WHERE r.workspace = w.number AND r.deleted AND r.payload_seq IS NOT NULL)
    ORDER BY w.number LIMIT 1";
