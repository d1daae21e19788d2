//! What the routes take and answer, for the document of the API (ADR 0012). The shapes are those of
//! the sync contract, 4; bodies are read and written by hand here.

use or3_domain::access::Permission;
use or3_domain::sync::{CursorError, MAX_OPS, SnapshotError, Table};
use or3_http::openapi::{
    Answer, Members, ObjectBuilder, Route, Shape, anything, done, either, flag, integer, list,
    natural, number, object, or_null, text, uuid, words,
};
use or3_http::{ApiError, Remaining};

use crate::body::UNREADABLE;
use crate::{pull, push, snapshot, update_cursor};

/// The routes of this function.
pub fn routes() -> Vec<Route> {
    vec![push(), pull(), snapshot(), update_cursor()]
}

fn route(path: &'static str, summary: &'static str, permission: Permission) -> Route {
    Route::new(("POST", path), summary)
        .switchable()
        .from_own_page()
        .may(permission)
        .refuses([ApiError::bad_request(UNREADABLE)])
}

fn push() -> Route {
    let body = object()
        .with("scope", scope())
        .with("ops", list(op(), Some(MAX_OPS)));
    let answer = object()
        .with("results", list(result(), Some(MAX_OPS)))
        .with("serverVersion", natural());
    route(
        "/api/sync/push",
        "Write changes",
        Permission::WorkspaceWrite,
    )
    .about("An op that is wrong is refused in its result; the others are not affected.")
    .about("The same op again changes nothing, and its result says so.")
    .shaped(push::CEILING, body)
    .budget(push::POLICY, Remaining::Before)
    .answers(Answer::shaped(
        200,
        "One result an op, in their order.",
        answer,
    ))
    .refuses([ApiError::bad_request(push::INVALID)])
}

fn pull() -> Route {
    let body = object()
        .with("scope", scope())
        .with("cursor", natural())
        .with("limit", integer(1..=1000))
        .maybe("tables", tables());
    let change = object()
        .with("serverVersion", natural())
        .with("tableName", table())
        .with("pk", text(1..=1024))
        .with("op", operation())
        .maybe("payload", payload())
        .with("stamp", stamp());
    let answer = object()
        .with("changes", list(change, Some(1000)))
        .with("nextCursor", natural())
        .with("hasMore", flag())
        .with("oldestRetainedVersion", natural())
        .with("requiresSnapshot", flag());
    route(
        "/api/sync/pull",
        "Read changes after a cursor",
        Permission::WorkspaceRead,
    )
    .shaped(pull::CEILING, body)
    .budget(pull::POLICY, Remaining::Before)
    .answers(Answer::shaped(200, "The next changes.", answer))
    .refuses([ApiError::bad_request(pull::INVALID)])
}

fn snapshot() -> Route {
    let body = object()
        .with("scope", scope())
        .with("pageSize", integer(1..=1000))
        .maybe("pageToken", text(1..=4096))
        .maybe("tables", tables());
    let item = object()
        .with("kind", words(["row", "tombstone"]))
        .with("tableName", table())
        .with("pk", text(1..=1024))
        .maybe("payload", payload())
        .maybe("serverDeletedAt", natural())
        .with("revision", revision());
    let answer = object()
        .with("workspaceId", text(1..=256))
        .with("snapshotId", text(1..=256))
        .with("highWatermark", natural())
        .with("items", list(item, Some(1000)))
        .with("nextPageToken", or_null(text(0..=4096)));
    let permission = Permission::WorkspaceRead;
    route(
        "/api/sync/snapshot",
        "Read the state of a workspace in pages",
        permission,
    )
    .shaped(snapshot::CEILING, body)
    .budget(snapshot::POLICY, Remaining::Before)
    .answers(Answer::shaped(200, "A page.", answer))
    .refuses([snapshot::INVALID, snapshot::INVALID_TOKEN].map(ApiError::bad_request))
    .refuses([ApiError::bad_request("Invalid snapshot table: <name>")])
    .refuses([
        SnapshotError::Gone,
        SnapshotError::Foreign,
        SnapshotError::FilterChanged,
    ])
}

fn update_cursor() -> Route {
    let body = object()
        .with("scope", scope())
        .with("deviceId", text(1..=256))
        .with("version", natural());
    let permission = Permission::WorkspaceRead;
    route(
        "/api/sync/update-cursor",
        "Say how far a device has come",
        permission,
    )
    .shaped(update_cursor::CEILING, body)
    .budget(update_cursor::POLICY, Remaining::Before)
    .answers(Answer::shaped(200, "It is noted.", done()))
    .refuses([ApiError::bad_request(update_cursor::INVALID)])
    .refuses([
        CursorError::BeyondHead,
        CursorError::ForeignDevice,
        CursorError::Regress,
    ])
}

fn scope() -> impl Into<Shape> {
    object()
        .with("workspaceId", text(1..=256))
        .maybe("projectId", text(1..=256))
}

fn tables() -> impl Into<Shape> {
    list(text(1..=128), Some(50))
}

fn table() -> impl Into<Shape> {
    words(Table::ALL.map(Table::name))
}

fn operation() -> ObjectBuilder {
    words(["put", "delete"])
}

/// What a row holds: members by the rules of its table.
fn payload() -> ObjectBuilder {
    object()
}

fn op() -> impl Into<Shape> {
    object()
        .with("id", text(1..=256))
        .with("tableName", text(1..=128))
        .with("operation", operation())
        .with("pk", text(1..=1024))
        .maybe("payload", anything())
        .with("stamp", stamp())
        .with("createdAt", number())
        .with("attempts", natural())
        .with("status", text(1..=usize::MAX))
}

fn revision() -> ObjectBuilder {
    object()
        .with("clock", natural())
        .with("hlc", text(1..=512))
        .with("opId", uuid())
}

fn stamp() -> impl Into<Shape> {
    revision().with("deviceId", text(1..=256))
}

/// The state that stands instead of an op that lost.
fn winner() -> impl Into<Shape> {
    object()
        .with("kind", operation())
        .maybe("payload", payload())
        .maybe("serverDeletedAt", natural())
        .with("revision", revision())
}

fn result() -> impl Into<Shape> {
    let accepted = object()
        .with("opId", text(0..=usize::MAX))
        .with("success", flag().enum_values(Some([true])))
        .with("serverVersion", natural())
        .with("applied", flag())
        .maybe("replayed", flag())
        .maybe("payload", payload())
        .maybe("winner", winner());
    let codes = ["VALIDATION_ERROR", "OVERSIZED", "UNAUTHORIZED", "CONFLICT"];
    let refused = object()
        .with("opId", text(0..=usize::MAX))
        .with("success", flag().enum_values(Some([false])))
        .with("error", text(1..=usize::MAX))
        .with("errorCode", words(codes));
    either(accepted, refused)
}
