//! What was done, and whether the trail holds.

use or3_domain::admin::Guard;
use or3_http::Remaining;
use or3_http::openapi::{Answer, Members, Route, flag, list, natural, object, or_null};

use super::any_text;
use crate::audit::invalid;
use crate::budget::SHARED;

pub(super) fn routes() -> Vec<Route> {
    vec![listed(), verified()]
}

fn listed() -> Route {
    let entry = object()
        .with("seq", natural())
        .with("at", natural())
        .with("action", any_text())
        .with("actor", any_text());
    let perhaps = [
        "target",
        "workspaceId",
        "ipAddress",
        "requestId",
        "detail",
        "link",
    ];
    let entry = perhaps
        .into_iter()
        .fold(entry, |entry, name| entry.with(name, or_null(any_text())));
    let answer = object()
        .with("entries", list(entry, None))
        .with("nextCursor", or_null(any_text()));
    read("/api/admin/audit", "What was done, by whom")
        .query("action", false, any_text())
        .query("limit", false, any_text())
        .answers(Answer::shaped(200, "The newest first.", answer))
}

fn verified() -> Route {
    let broken = object().with("seq", natural()).with("message", any_text());
    let answer = object()
        .with("holds", flag())
        .with("entries", natural())
        .with("seq", natural())
        .with("link", any_text())
        .with("broken", or_null(broken))
        .with("nextCursor", or_null(any_text()));
    read("/api/admin/audit/verify", "Whether the trail holds")
        .budget_saying(SHARED, Remaining::Untold, "Too many requests")
        .answers(Answer::shaped(200, "As far as time allowed.", answer))
}

fn read(path: &'static str, summary: &'static str) -> Route {
    Route::new(("GET", path), summary)
        .guarded(Guard::SuperAdmin)
        .query("cursor", false, any_text())
        .refuses([invalid()])
}
