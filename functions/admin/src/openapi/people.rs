//! What owners do with the people of a workspace, and what administrators see of collections.

use or3_domain::admin::Guard;
use or3_domain::invite::{InviteError, InviteStatus};
use or3_domain::workspace::MemberError;
use or3_http::ApiError;
use or3_http::openapi::{
    Answer, Members, ObjectBuilder, Route, collection_run, done, flag, integer, list, object,
    or_null, role, text, words,
};

use crate::add_member::{CEILING, invalid};
use crate::list_invites::INVALID_QUERY;
use crate::{create_invite, list_gc_runs, list_invites};

/// What owners do, and what was collected.
pub(super) fn routes() -> Vec<Route> {
    vec![
        workspace(),
        guest_access(),
        add_member(),
        set_role(),
        remove_member(),
        create_invite(),
        list_invites(),
        revoke_invite(),
        list_gc_runs(),
    ]
}

fn add_member() -> Route {
    let body = object()
        .with("emailOrProviderId", text(1..=usize::MAX))
        .with("role", role())
        .maybe("provider", or_null(text(0..=usize::MAX)));
    let path = "/api/admin/workspace/members/upsert";
    member(path, "Add a member, or give them another role", body)
        .answers(Answer::shaped(200, "They are one, with this role.", done()))
        .refuses([MemberError::UnknownPerson, MemberError::DemotesLastOwner])
}

fn set_role() -> Route {
    let body = object()
        .with("userId", text(0..=usize::MAX))
        .with("role", role());
    member(
        "/api/admin/workspace/members/set-role",
        "Give a member another role",
        body,
    )
    .answers(Answer::shaped(200, "They have it.", done()))
    .refuses([MemberError::NotFound, MemberError::DemotesLastOwner])
}

fn remove_member() -> Route {
    let body = object().with("userId", text(0..=usize::MAX));
    member(
        "/api/admin/workspace/members/remove",
        "Remove a member",
        body,
    )
    .about("What they wrote stays.")
    .answers(Answer::shaped(200, "They are none any more.", done()))
    .refuses([MemberError::NotFound, MemberError::RemovesLastOwner])
}

fn create_invite() -> Route {
    let (least, most) = create_invite::LIFETIME_SECONDS.into_inner();
    let seconds = integer(least.cast_signed()..=most.cast_signed());
    let body = object()
        .with("email", text(3..=usize::MAX))
        .maybe("role", role())
        .maybe("expiresInSeconds", or_null(seconds));
    let answer = "It is pending. The token is shown this once.";
    invite(
        "/api/admin/workspace/invites/create",
        "Invite somebody",
        body,
    )
    .answers(Answer::json::<create_invite::Created>(200, answer))
    .refuses([InviteError::SecretMissing])
}

fn list_invites() -> Route {
    let statuses = InviteStatus::ALL.map(InviteStatus::as_str);
    let most = i64::from(list_invites::MOST);
    let route = ("GET", "/api/admin/workspace/invites/list");
    Route::new(route, "The invites of a workspace")
        .switchable()
        .guarded(Guard::Owner)
        .query("status", false, words(statuses))
        .query("limit", false, integer(1..=most))
        .query("workspaceId", false, text(0..=usize::MAX))
        .answers(Answer::json::<list_invites::Answer>(
            200,
            "The newest first, without tokens.",
        ))
        .refuses([ApiError::bad_request(INVALID_QUERY)])
        .refuses([InviteError::Forbidden])
}

fn revoke_invite() -> Route {
    let body = object().with("inviteId", text(0..=usize::MAX));
    invite(
        "/api/admin/workspace/invites/revoke",
        "Take an invite back",
        body,
    )
    .about("Without effect on one that is not pending.")
    .answers(Answer::shaped(200, "It is not pending any more.", done()))
    .refuses([InviteError::NotFound])
}

fn list_gc_runs() -> Route {
    let answer = object()
        .with(
            "runs",
            list(collection_run(), Some(list_gc_runs::MOST as usize)),
        )
        .with("nextCursor", or_null(text(0..=usize::MAX)));
    Route::new(
        ("GET", "/api/admin/gc/runs"),
        "What was collected in the deployment",
    )
    .switchable()
    .guarded(Guard::Administrator)
    .query("limit", false, integer(1..=i64::from(list_gc_runs::MOST)))
    .query("cursor", false, text(0..=usize::MAX))
    .answers(Answer::shaped(200, "The newest first.", answer))
    .refuses([ApiError::bad_request(INVALID_QUERY)])
}

fn member(path: &'static str, summary: &'static str, body: ObjectBuilder) -> Route {
    owner(path, summary, body)
        .on_purpose()
        .refuses([MemberError::Forbidden])
}

fn invite(path: &'static str, summary: &'static str, body: ObjectBuilder) -> Route {
    owner(path, summary, body)
        .from_this_host()
        .refuses([InviteError::Forbidden])
}

/// What an owner does: in the active workspace, or in one that they name and own.
fn owner(path: &'static str, summary: &'static str, body: ObjectBuilder) -> Route {
    Route::new(("POST", path), summary)
        .about("Without `workspaceId` it is about the active workspace.")
        .switchable()
        .guarded(Guard::Owner)
        .shaped(
            CEILING,
            body.maybe("workspaceId", or_null(text(0..=usize::MAX))),
        )
        .refuses([ApiError::bad_request("Bad Request"), invalid()])
}

fn workspace() -> Route {
    let named = object()
        .with("id", text(0..=usize::MAX))
        .with("name", text(0..=usize::MAX));
    let answer = object()
        .with("workspace", named)
        .with("role", role())
        .with("members", list(super::member(), None))
        .with("enabledPlugins", list(text(0..=usize::MAX), None))
        .with("guestAccessEnabled", flag());
    let unknown = ApiError::not_found().with_message("Workspace not found");
    Route::new(
        ("GET", "/api/admin/workspace"),
        "A workspace and its people",
    )
    .switchable()
    .guarded(Guard::OwnerOrAdmin)
    .query("workspaceId", false, text(0..=usize::MAX))
    .answers(Answer::shaped(
        200,
        "The named one, or else the active one.",
        answer,
    ))
    .refuses([unknown])
}

fn guest_access() -> Route {
    let body = object().with("enabled", flag());
    let path = "/api/admin/workspace/guest-access/set";
    member(path, "Let guests in, or no more", body).answers(Answer::shaped(
        200,
        "It is so.",
        done(),
    ))
}
