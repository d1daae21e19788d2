//! What the super admin sees and changes of the deployment.

use or3_domain::admin::{DirectoryError, Guard};
use or3_http::openapi::{
    Answer, Members, ObjectBuilder, Route, Shape, flag, list, natural, number, object, or_null,
    text,
};
use or3_http::{ApiError, Remaining};

use super::{any_text, bad_requests, member, success};
use crate::add_member::CEILING;
use crate::budget::SHARED;

pub(super) fn routes() -> Vec<Route> {
    vec![
        overview(),
        metrics_history(),
        list_workspaces(),
        create_workspace(),
        one_workspace(),
        shelve(
            "/api/admin/workspaces/{id}/soft-delete",
            "Delete a workspace, softly",
        ),
        shelve(
            "/api/admin/workspaces/{id}/restore",
            "Bring a deleted workspace back",
        ),
        list_users(),
        search_users(),
        list_grants(),
        grant("/api/admin/admin-users/grant", "Grant administration"),
        grant(
            "/api/admin/admin-users/revoke",
            "Take a grant of administration back",
        ),
        status(),
        config("/api/admin/system/config", plain()),
        config("/api/admin/system/config/enriched", enriched()),
    ]
}

fn read(path: &'static str, summary: &'static str) -> Route {
    Route::new(("GET", path), summary).guarded(Guard::SuperAdmin)
}

fn change(path: &'static str, summary: &'static str) -> Route {
    shared(
        Route::new(("POST", path), summary)
            .guarded(Guard::SuperAdmin)
            .from_this_host(),
    )
}

fn shared(route: Route) -> Route {
    route.budget_saying(SHARED, Remaining::Untold, "Too many requests")
}

fn overview() -> Route {
    let numbers = [
        "at",
        "users",
        "admins",
        "workspaces",
        "deletedWorkspaces",
        "pendingInvites",
        "sessions",
        "changes",
        "storedBytes",
    ];
    let answer = numbers
        .into_iter()
        .fold(object(), |answer, name| answer.with(name, natural()));
    read("/api/admin/overview", "The deployment in numbers").answers(Answer::shaped(
        200,
        "As they are at the moment `at`, in milliseconds.",
        answer,
    ))
}

fn metrics_history() -> Route {
    let counts = [
        "atSeconds",
        "requests",
        "errors",
        "rateLimited",
        "roundTrips",
        "storedBytes",
        "changeLogVersions",
    ];
    let sample = counts
        .into_iter()
        .fold(object(), |sample, name| sample.with(name, natural()))
        .with("p50Ms", number())
        .with("p95Ms", number());
    let samples = object().with("samples", list(sample, None));
    read(
        "/api/admin/metrics/history",
        "What this process has counted, a sample a minute",
    )
    .query("seconds", false, any_text())
    .answers(Answer::shaped(200, "The oldest first.", samples))
}

fn list_workspaces() -> Route {
    pages(read(
        "/api/admin/workspaces",
        "The workspaces of the deployment",
    ))
    .query("includeDeleted", false, any_text())
    .answers(Answer::shaped(200, "A page of them.", listed(workspace())))
}

fn create_workspace() -> Route {
    let body = object()
        .with("name", text(1..=100))
        .maybe("description", or_null(text(0..=1000)))
        .with("ownerUserId", text(1..=usize::MAX));
    let answer = object().with("workspaceId", any_text());
    change("/api/admin/workspaces", "Make a workspace for somebody")
        .shaped(CEILING, body)
        .answers(Answer::shaped(200, "It is made.", answer))
        .refuses(bad_requests([
            "Bad Request",
            "Workspace name is required",
            "Workspace name must be under 100 characters",
            "Description must be under 1000 characters",
            "Valid owner user ID is required",
        ]))
        .refuses([DirectoryError::UnknownOwner])
}

fn one_workspace() -> Route {
    let answer = workspace()
        .with("members", list(member(), None))
        .with("guestAccessEnabled", flag());
    shared(read(
        "/api/admin/workspaces/{id}",
        "A workspace with its people",
    ))
    .answers(Answer::shaped(200, "Deleted or not.", answer))
    .refuses([ApiError::not_found().with_message("Workspace not found")])
}

fn shelve(path: &'static str, summary: &'static str) -> Route {
    change(path, summary).answers(Answer::shaped(200, "It is so.", success()))
}

fn list_users() -> Route {
    let user = person()
        .with("createdAt", natural())
        .with("workspaceCount", natural())
        .with("isAdmin", flag());
    pages(read("/api/admin/users", "The users of the deployment")).answers(Answer::shaped(
        200,
        "A page of them.",
        listed(user),
    ))
}

fn search_users() -> Route {
    read("/api/admin/search-users", "Look for users")
        .query("q", false, any_text())
        .query("limit", false, any_text())
        .answers(Answer::shaped(
            200,
            "Those that fit.",
            list(person(), Some(50)),
        ))
}

fn list_grants() -> Route {
    let grants = list(person().with("createdAt", natural()), None);
    read(
        "/api/admin/admin-users",
        "Who has a grant of administration",
    )
    .answers(Answer::shaped(
        200,
        "They have.",
        object().with("admins", grants),
    ))
}

fn grant(path: &'static str, summary: &'static str) -> Route {
    change(path, summary)
        .shaped(CEILING, object().with("userId", text(1..=usize::MAX)))
        .answers(Answer::shaped(200, "It is so.", success()))
        .refuses(bad_requests(["Bad Request", "User ID is required"]))
        .refuses([DirectoryError::UnknownUser])
}

fn status() -> Route {
    let warning = object()
        .with("level", any_text())
        .with("message", any_text());
    let answer = object()
        .with("status", object())
        .with("warnings", list(warning, None))
        .with("session", object());
    read(
        "/api/admin/system/status",
        "Every provider, and what it says of itself",
    )
    .answers(Answer::shaped(200, "As they are now.", answer))
}

fn config(path: &'static str, entry: ObjectBuilder) -> Route {
    let entries = object().with("entries", list(entry, None));
    read(path, "The configuration, without secrets").answers(Answer::shaped(
        200,
        "As it was read at the start.",
        entries,
    ))
}

fn plain() -> ObjectBuilder {
    object()
        .with("key", any_text())
        .with("value", or_null(any_text()))
        .with("masked", flag())
}

fn enriched() -> ObjectBuilder {
    plain()
        .with("label", any_text())
        .with("description", any_text())
        .with("group", any_text())
        .with("order", natural())
        .with("valueType", any_text())
        .with("source", any_text())
        .maybe("givenAs", any_text())
        .with("default", any_text())
}

/// A page is asked for by number; what is no number counts as none.
fn pages(route: Route) -> Route {
    route
        .query("search", false, any_text())
        .query("page", false, any_text())
        .query("perPage", false, any_text())
}

fn listed(item: impl Into<Shape>) -> ObjectBuilder {
    object()
        .with("items", list(item, None))
        .with("total", natural())
}

/// A workspace in a list. Moments are milliseconds.
fn workspace() -> ObjectBuilder {
    object()
        .with("id", any_text())
        .with("name", any_text())
        .maybe("description", any_text())
        .with("createdAt", natural())
        .with("deleted", flag())
        .maybe("deletedAt", natural())
        .with("ownerUserId", any_text())
        .maybe("ownerEmail", any_text())
        .with("memberCount", natural())
}

fn person() -> ObjectBuilder {
    object()
        .with("userId", any_text())
        .maybe("email", any_text())
        .maybe("displayName", any_text())
}
