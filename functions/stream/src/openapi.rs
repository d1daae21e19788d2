//! What the route takes and answers, for the document of the API (ADR 0012).

use or3_domain::access::Permission;
use or3_http::openapi::{Answer, Route, natural, text};
use or3_http::{ApiError, Remaining};

use crate::stream::{INVALID, POLICY};

/// The routes of this function.
pub fn routes() -> Vec<Route> {
    let answer = "An event `version` with `{\"serverVersion\":…}` for every version beyond the cursor, \
                  and a comment in every silence.";
    let route = Route::new(("GET", "/api/sync/stream"), "Hear of new versions at once")
        .about("It ends by itself; a browser opens another one.")
        .switchable()
        .from_own_page()
        .may(Permission::WorkspaceRead)
        .query("workspaceId", true, text(1..=256))
        .query("cursor", true, natural())
        .header("Last-Event-ID", false, natural())
        .budget(POLICY, Remaining::Before)
        .answers(Answer::media(200, answer, "text/event-stream"))
        .refuses([ApiError::bad_request(INVALID)]);
    vec![route]
}
