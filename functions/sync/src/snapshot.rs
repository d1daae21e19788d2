//! `POST /api/sync/snapshot`: the state of a workspace in pages (sync contract, 13).

use axum::extract::State;
use axum::response::Response;
use or3_domain::access::Permission;
use or3_domain::limits::Policy;
use or3_domain::sync::json::{Fields, Json};
use or3_domain::sync::{
    ItemKey, ItemState, NextPage, SnapshotItem, SnapshotPage, SnapshotReader, TableSet, scope,
};
use or3_http::{ApiError, Caller, Context, Limited, OwnOrigin, Remaining};

use crate::render::{self, Object, PAGE_BYTES};
use crate::tables::Tables;
use crate::{Ports, body, token};

pub(crate) const INVALID_TOKEN: &str = "Invalid snapshot page token";
pub(crate) const INVALID: &str = "Invalid snapshot request";

pub(crate) const POLICY: Policy = Policy::per_minute("sync:snapshot", 120);

pub(crate) const CEILING: usize = 64 * 1024;

struct Question {
    workspace: String,
    page_size: u32,
    page_token: Option<String>,
    tables: Option<Tables>,
}

impl Question {
    fn of(body: Json<'_>) -> Option<Self> {
        let fields = Fields::of(body)?;
        let token = fields.get("pageToken");
        let tables = fields.get("tables");
        Some(Self {
            workspace: scope(&fields)?,
            page_size: u32::try_from(fields.get("pageSize")?.as_integer_within(1, 1000)?).ok()?,
            page_token: token.map_or(Some(None), |token| page_token(token).map(Some))?,
            tables: tables.map_or(Some(None), |tables| Tables::of(tables).map(Some))?,
        })
    }
}

fn page_token(value: Json<'_>) -> Option<String> {
    let token = value.as_str()?;
    (1..=4096)
        .contains(&token.encode_utf16().count())
        .then(|| token.into_owned())
}

pub(crate) async fn handle(
    _own: OwnOrigin,
    State(ports): State<Ports>,
    context: Context,
    caller: Caller,
    bytes: Limited<CEILING>,
) -> Result<Response, ApiError> {
    let question =
        Question::of(body::json(&bytes.0)?).ok_or_else(|| ApiError::bad_request(INVALID))?;
    let session = caller
        .authorize(Permission::WorkspaceRead, Some(&question.workspace))
        .await?;
    let user = session.user.id.as_str();
    let limits = &ports.limits;
    let ticket = limits
        .admit(&context, user, POLICY, Remaining::Before)
        .await?;
    let reader = SnapshotReader {
        workspace: session.workspace.id.clone(),
        user: session.user.id.clone(),
        page_size: question.page_size,
        max_bytes: PAGE_BYTES,
    };
    match page(&ports, &question, &reader).await {
        Ok(page) => Ok(render::answer(rendered(&reader, &page))),
        Err(error) => {
            limits.refund(user, ticket).await?;
            Err(error)
        }
    }
}

async fn page(
    ports: &Ports,
    question: &Question,
    reader: &SnapshotReader,
) -> Result<SnapshotPage, ApiError> {
    if let Some(name) = question.tables.as_ref().and_then(Tables::unknown) {
        return Err(ApiError::bad_request(format!(
            "Invalid snapshot table: {name}"
        )));
    }
    let now = ports.clock.now();
    let tables = question.tables.as_ref().map(Tables::set);
    let Some(text) = &question.page_token else {
        let tables = tables.unwrap_or(TableSet::ALL);
        let id = ports.ids.uuid();
        return Ok(ports.store.start_snapshot(&id, reader, tables, now).await?);
    };
    let (id, after) = token::decode(text).ok_or_else(|| ApiError::bad_request(INVALID_TOKEN))?;
    let next = NextPage { id, after, tables };
    Ok(ports.store.snapshot_page(&next, reader, now).await?)
}

fn rendered(reader: &SnapshotReader, page: &SnapshotPage) -> String {
    let mut out = String::new();
    let (object, shown) = Object::open(&mut out)
        .text("workspaceId", reader.workspace.as_str())
        .text("snapshotId", &page.id)
        .number("highWatermark", page.watermark)
        .page("items", &page.items, item);
    let last = page.items[..shown].last().map(|item| &item.key);
    let next = last
        .filter(|_| page.has_more || shown < page.items.len())
        .map(|last: &ItemKey| token::encode(&page.id, last));
    match &next {
        Some(token) => object.text("nextPageToken", token),
        None => object.raw("nextPageToken", "null"),
    }
    .close();
    out
}

fn item(item: &SnapshotItem, out: &mut String) {
    let kind = match item.state {
        ItemState::Row(_) => "row",
        ItemState::Tombstone(_) => "tombstone",
    };
    let object = Object::open(out)
        .text("kind", kind)
        .text("tableName", item.key.table.name())
        .text("pk", &item.key.pk);
    match &item.state {
        ItemState::Row(payload) => object.raw("payload", payload),
        ItemState::Tombstone(at) => object.number("serverDeletedAt", at.seconds()),
    }
    .nested("revision", |out| render::revision(&item.revision, out))
    .close();
}
