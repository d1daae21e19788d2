//! How far workspaces have come.

use or3_domain::ids::WorkspaceId;
use or3_domain::store::StoreError;

use crate::database::Database;
use crate::statement::{Row, Statement};

pub(super) async fn heads(
    database: &Database,
    workspaces: &[WorkspaceId],
) -> Result<Vec<(WorkspaceId, i64)>, StoreError> {
    let names: serde_json::Value = workspaces.iter().map(WorkspaceId::as_str).collect();
    let statement = Statement::new(HEADS).bind(names.to_string());
    let answer = database.query(statement).await?;
    let head = |row: Row| Ok((WorkspaceId::new(row.string(0)?), row.int(1)?));
    answer.rows.into_iter().map(head).collect()
}

const HEADS: &str = "SELECT w.id, coalesce(h.head, 0)
    FROM json_each(?1) wanted JOIN workspaces w ON w.id = wanted.value
    LEFT JOIN sync_heads h ON h.workspace = w.number";
