//! What the routes take and answer, for the document of the API (ADR 0012).

use http::StatusCode;
use or3_domain::access::Permission;
use or3_domain::admin::Guard;
use or3_domain::gc::Kind;
use or3_http::openapi::{
    Answer, Members, Route, collection_run, flag, integer, list, number, object, or_null, text,
    words,
};
use or3_http::{ApiError, Remaining};
use utoipa::openapi::schema::{AdditionalProperties, Schema};

use crate::{administer, history, storage};

/// Members that are not known are refused: a misspelt `dryRun` must not collect.
const NOTHING_ELSE: AdditionalProperties<Schema> = AdditionalProperties::FreeForm(false);

/// The routes of this function.
pub fn routes() -> Vec<Route> {
    vec![
        forget(
            "/api/sync/gc-tombstones",
            "Forget rows that were deleted long ago",
        ),
        forget(
            "/api/sync/gc-change-log",
            "Forget changes that every device has",
        ),
        blobs(),
        everything(),
    ]
}

fn forget(path: &'static str, summary: &'static str) -> Route {
    let scope = object().with("workspaceId", text(1..=256));
    let body = object()
        .with("scope", scope.maybe("projectId", text(1..=256)))
        .with(
            "retentionSeconds",
            integer(history::SHORTEST..=history::LONGEST),
        );
    Route::new(("POST", path), summary)
        .switchable()
        .from_own_page()
        .may(Permission::WorkspaceSettingsManage)
        .shaped(history::CEILING, body)
        .budget_saying(history::POLICY, Remaining::Untold, history::TOO_MANY)
        .answers(Answer::empty(
            204,
            "It is forgotten, or as much of it as there was time for.",
        ))
        .refuses([ApiError::bad_request(history::INVALID)])
}

fn blobs() -> Route {
    let body = object()
        .with("workspace_id", text(0..=usize::MAX))
        .maybe("retention_seconds", or_null(number().minimum(Some(0))))
        .maybe("limit", or_null(number().minimum(Some(1))));
    let path = "/api/storage/gc/run";
    let answer = "What was removed, or that blobs may not be removed here.";
    let texts = [
        "Bad Request",
        "Invalid request",
        "Invalid retention_seconds",
        "Invalid limit",
    ];
    let status = StatusCode::TOO_MANY_REQUESTS;
    Route::new(
        ("POST", path),
        "Remove a workspace's files that nothing refers to",
    )
    .about("Once a workspace in a while, whoever asks.")
    .switchable()
    .from_own_page()
    .may(Permission::AdminAccess)
    .shaped(storage::CEILING, body)
    .answers(Answer::json::<storage::Answer>(200, answer))
    .refuses(texts.map(ApiError::bad_request))
    .refuses([ApiError::new(status, "GC rate limited, wait <n> seconds")])
}

fn everything() -> Route {
    let body = object()
        .maybe("dryRun", flag())
        .maybe("verify", flag())
        .maybe("kinds", list(words(Kind::ALL.map(Kind::as_str)), None))
        .maybe("cursor", text(0..=usize::MAX))
        .maybe("countOnly", flag());
    let cursor = or_null(text(0..=usize::MAX));
    let answer = collection_run().with("nextCursor", cursor);
    Route::new(
        ("POST", "/api/admin/gc/run"),
        "Collect, or look at what would be collected",
    )
    .about("`dryRun` and `verify` remove nothing. Members that are not known are refused.")
    .switchable()
    .guarded(Guard::Administrator)
    .on_purpose()
    .shaped(
        administer::CEILING,
        body.additional_properties(Some(NOTHING_ELSE)),
    )
    .budget(administer::POLICY, Remaining::Untold)
    .answers(Answer::shaped(200, "What was done.", answer))
    .refuses([administer::invalid(), administer::storage_off()])
    .refuses([ApiError::bad_request("Bad Request")])
}
