//! What the routes take and answer, for the document of the API (ADR 0012).

use or3_domain::access::Permission;
use or3_domain::workspace::{MAX_DESCRIPTION, MAX_NAME, WorkspaceError};
use or3_http::ApiError;
use or3_http::openapi::{Answer, Members, Route, Shape, done, object, or_null, text};

use crate::activate::MISSING;
use crate::body::{BLANK, CEILING, LONG_DESCRIPTION, LONG_NAME};
use crate::{create, list};

const ALL: &str = "/api/workspaces";
const ONE: &str = "/api/workspaces/{id}";
const LEAVE: &str = "/api/workspaces/{id}/leave";
const ACTIVE: &str = "/api/workspaces/active";

/// What a body that is no JSON is told.
const UNREADABLE: &str = "Bad Request";

/// The routes of this function.
pub fn routes() -> Vec<Route> {
    let answer = "Those that the caller is a member of, the newest first.";
    let list = member(("GET", ALL), "The caller's workspaces")
        .answers(Answer::json::<list::Answer>(200, answer));
    let answer = "It is made, and the caller owns it. The active one stays.";
    let create = change(("POST", ALL), "Make a workspace")
        .answers(Answer::json::<create::Created>(200, answer));
    let titled = |route: Route| {
        let texts = [UNREADABLE, BLANK, LONG_NAME, LONG_DESCRIPTION];
        route
            .shaped(CEILING, titles())
            .refuses(texts.map(ApiError::bad_request))
    };
    let rename = change(
        ("PATCH", ONE),
        "Give a workspace another name and description",
    )
    .about("A description that is missing is cleared.")
    .answers(Answer::shaped(200, "It has them.", done()));
    let delete = change(("DELETE", ONE), "Delete a workspace")
        .about("Everybody who worked in it moves to another one of theirs.")
        .answers(Answer::shaped(200, "Nobody sees it any more.", done()));
    let activate = change(("POST", ACTIVE), "Work in another workspace")
        .shaped(CEILING, object().with("id", text(1..=usize::MAX)))
        .answers(Answer::shaped(
            200,
            "The caller's next requests work there.",
            done(),
        ))
        .refuses([UNREADABLE, MISSING].map(ApiError::bad_request));
    let leave = change(("POST", LEAVE), "Be no member of a workspace any more")
        .answers(Answer::shaped(200, "The caller is none.", done()))
        .refuses([WorkspaceError::LastOwnerLeaves]);
    vec![
        list,
        titled(create),
        titled(rename),
        delete,
        activate,
        leave,
    ]
}

fn member(route: (&'static str, &'static str), summary: &'static str) -> Route {
    Route::new(route, summary)
        .switchable()
        .may(Permission::WorkspaceRead)
}

fn change(route: (&'static str, &'static str), summary: &'static str) -> Route {
    member(route, summary)
        .from_own_page()
        .refuses([WorkspaceError::Forbidden])
}

fn titles() -> impl Into<Shape> {
    object()
        .with("name", text(1..=MAX_NAME))
        .maybe("description", or_null(text(0..=MAX_DESCRIPTION)))
}
