//! `POST /api/sync/pull`: the changes after a cursor (sync contract, 12).

use axum::extract::State;
use axum::response::Response;
use or3_domain::access::Permission;
use or3_domain::limits::Policy;
use or3_domain::metrics::metrics;
use or3_domain::sync::json::{Fields, Json, MAX_INTEGER};
use or3_domain::sync::{Change, PullPage, PullRequest, TableSet, scope};
use or3_http::{ApiError, Caller, Limited, OwnOrigin, Remaining};

use crate::render::{self, Object, PAGE_BYTES};
use crate::tables::Tables;
use crate::{Ports, body};

pub(crate) const INVALID: &str = "Invalid pull request";

pub(crate) const POLICY: Policy = Policy::per_minute("sync:pull", 120);

pub(crate) const CEILING: usize = 8 * 1024;

struct Question {
    workspace: String,
    cursor: i64,
    limit: u32,
    tables: TableSet,
}

impl Question {
    fn of(body: Json<'_>) -> Option<Self> {
        let fields = Fields::of(body)?;
        let tables = fields.get("tables").map(Tables::of);
        Some(Self {
            workspace: scope(&fields)?,
            cursor: fields.get("cursor")?.as_integer_within(0, MAX_INTEGER)?,
            limit: u32::try_from(fields.get("limit")?.as_integer_within(1, 1000)?).ok()?,
            tables: tables.map_or(Some(TableSet::ALL), |tables| Some(tables?.set()))?,
        })
    }
}

pub(crate) async fn handle(
    _own: OwnOrigin,
    State(ports): State<Ports>,
    caller: Caller,
    bytes: Limited<CEILING>,
) -> Result<Response, ApiError> {
    let question =
        Question::of(body::json(&bytes.0)?).ok_or_else(|| ApiError::bad_request(INVALID))?;
    let session = caller
        .authorize_within(
            &ports.limits,
            (POLICY, Remaining::Before),
            Permission::WorkspaceRead,
            Some(&question.workspace),
        )
        .await?;
    let user = &session.user.id;

    let request = PullRequest {
        workspace: session.workspace.id.clone(),
        user: user.clone(),
        cursor: question.cursor,
        limit: question.limit,
        tables: question.tables,
        max_bytes: PAGE_BYTES,
    };
    let page = ports.store.pull(&request).await?;
    Ok(render::answer(rendered(&page, request.cursor)))
}

fn rendered(page: &PullPage, cursor: i64) -> String {
    let payloads = page
        .changes
        .iter()
        .filter_map(|change| change.payload.as_ref());
    let bytes: usize = payloads.map(String::len).sum();
    let mut out = String::with_capacity(bytes + 320 * page.changes.len() + 160);
    let (object, shown) = Object::open(&mut out).page("changes", &page.changes, change);
    metrics().pulled_rows.add(shown as u64);
    // A page that had to be cut goes on behind the last change that is on it.
    let cut = page.changes[..shown]
        .last()
        .filter(|_| shown < page.changes.len());
    object
        .number(
            "nextCursor",
            cut.map_or(page.next_cursor, |last| last.version),
        )
        .flag("hasMore", page.has_more || cut.is_some())
        .number("oldestRetainedVersion", page.oldest_retained)
        .flag("requiresSnapshot", page.requires_snapshot(cursor))
        .close();
    out
}

fn change(change: &Change, out: &mut String) {
    let object = Object::open(out)
        .number("serverVersion", change.version)
        .text("tableName", change.table.name())
        .text("pk", &change.pk)
        .text("op", change.operation.name());
    let object = match &change.payload {
        Some(payload) => object.raw("payload", payload),
        None => object,
    };
    object.nested("stamp", |out| stamp(change, out)).close();
}

fn stamp(change: &Change, out: &mut String) {
    let revision = &change.revision;
    Object::open(out)
        .number("clock", revision.clock)
        .text("hlc", &revision.hlc)
        .text("deviceId", &change.device_id)
        .text("opId", &revision.op_id)
        .close();
}
