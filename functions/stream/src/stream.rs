//! The endpoint: the gates of a pull, then a stream.

use axum::extract::State;
use axum::response::{IntoResponse, Response, Sse};
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Uri};
use or3_domain::access::Permission;
use or3_domain::limits::Policy;
use or3_http::{ApiError, Caller, Context, OwnOrigin, Remaining};

use crate::Ports;
use crate::events::Events;
use crate::place::Place;
use crate::question::Question;

pub(crate) const INVALID: &str = "Invalid stream request";

pub(crate) const POLICY: Policy = Policy::per_minute("sync:stream", 60);

/// Proxies that would collect an answer before they pass it on are told not to.
const UNBUFFERED: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-accel-buffering"),
    HeaderValue::from_static("no"),
);

pub(crate) async fn handle(
    _own: OwnOrigin,
    State(ports): State<Ports>,
    context: Context,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let question = Question::of(&uri, &headers).ok_or_else(|| ApiError::bad_request(INVALID))?;
    let session = caller
        .authorize(Permission::WorkspaceRead, Some(&question.workspace))
        .await?;
    let (user, workspace) = (session.user.id.as_str(), session.workspace.id.clone());
    let limits = &ports.limits;
    limits
        .admit(&context, user, POLICY, Remaining::Before)
        .await?;
    let place = Place::take(limits, &context, user, ports.timing).await?;
    let listener = ports.watch.listen(&workspace).await?;
    let events = Events::new(&ports, caller, listener, place, question);
    Ok(([UNBUFFERED], Sse::new(events.stream())).into_response())
}
