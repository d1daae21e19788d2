//! Lists that administrators look through, a page at a time.

use or3_domain::admin::{Found, Page, UserSearch, UserSummary, WorkspaceSearch, WorkspaceSummary};
use or3_domain::clock::Timestamp;
use or3_domain::ids::UserId;
use or3_domain::store::StoreError;

use super::workspaces::{SUMMARY, summary};
use super::{count, total};
use crate::database::{Database, answers};
use crate::statement::{Row, Statement};

pub(super) async fn workspaces(
    database: &Database,
    search: &WorkspaceSearch,
) -> Result<Found<WorkspaceSummary>, StoreError> {
    let about = |sql: String| {
        Statement::new(sql)
            .bind(search.text.as_deref())
            .bind(search.include_deleted)
    };
    let count = format!("SELECT count(*) FROM workspaces w {WANTED_WORKSPACES}");
    let list = format!(
        "{SUMMARY} {WANTED_WORKSPACES} ORDER BY w.created_at DESC, w.number DESC LIMIT ?3 OFFSET ?4"
    );
    let batch = vec![about(count), paged(about(list), search.page)];
    let [all, listed] = answers(database.read(batch).await?)?;
    Ok(Found {
        items: listed.rows.iter().map(summary).collect::<Result<_, _>>()?,
        total: total(all)?,
    })
}

pub(super) async fn users(
    database: &Database,
    search: &UserSearch,
) -> Result<Found<UserSummary>, StoreError> {
    let about = |sql: String| Statement::new(sql).bind(search.text.as_deref());
    let count = format!("SELECT count(*) FROM users u {WANTED_USERS}");
    let list =
        format!("{USER} {WANTED_USERS} ORDER BY u.created_at DESC, u.id DESC LIMIT ?2 OFFSET ?3");
    let batch = vec![about(count), paged(about(list), search.page)];
    let [all, listed] = answers(database.read(batch).await?)?;
    Ok(Found {
        items: listed.rows.iter().map(user).collect::<Result<_, _>>()?,
        total: total(all)?,
    })
}

fn paged(statement: Statement, page: Page) -> Statement {
    let before = i64::from(page.number.saturating_sub(1)) * i64::from(page.size);
    statement.bind(page.size).bind(before)
}

fn user(row: &Row) -> Result<UserSummary, StoreError> {
    Ok(UserSummary {
        user: UserId::new(row.text(0)?),
        email: row.opt_string(1)?,
        display_name: row.opt_string(2)?,
        created_at: Timestamp::from_millis(row.int(3)?),
        workspace_count: count(row, 4)?,
        is_admin: row.flag(5)?,
    })
}

/// `lower` knows the letters of ASCII, and `instr` no wildcards.
const WANTED_WORKSPACES: &str = "WHERE (?2 OR w.deleted_at IS NULL)
    AND (?1 IS NULL OR instr(lower(w.name), lower(?1)) > 0
        OR instr(lower(coalesce(w.description, '')), lower(?1)) > 0)";

const USER: &str = "SELECT u.id, u.email, u.display_name, u.created_at,
        (SELECT count(*) FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id
            WHERE m.user_id = u.id AND w.deleted_at IS NULL),
        EXISTS (SELECT 1 FROM admin_users g WHERE g.user_id = u.id)
    FROM users u";

const WANTED_USERS: &str = "WHERE ?1 IS NULL OR instr(lower(u.id), lower(?1)) > 0
    OR instr(lower(coalesce(u.email, '')), lower(?1)) > 0
    OR instr(lower(coalesce(u.display_name, '')), lower(?1)) > 0";
