//! `PATCH`: the next part (tus 1.0, core and checksum).

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Method, StatusCode};
use or3_domain::storage::ResumableGrant;
use or3_http::{ApiError, Caller, Incoming, OwnOrigin};

use crate::progress::expiry;
use crate::protocol::{EXPIRES, OFFSET, bytes, has_part};
use crate::{Ports, grant, part, terminate};

pub(crate) const INVALID_OFFSET: &str = "Invalid Upload-Offset";

pub(crate) async fn handle(
    own: OwnOrigin,
    State(ports): State<Ports>,
    caller: Caller,
    Path(token): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (head, body) = request.into_parts();
    let (grant, offset) = match admit(&ports, own, &caller, &token, &head).await {
        Ok(admitted) => admitted,
        Err(error) => {
            Incoming::resumable(body, 0).hear_out(&head.headers).await;
            return Err(error);
        }
    };
    let received = part::take(&ports, &grant, offset, &head.headers, body).await?;
    let headers = [
        (OFFSET, received.into()),
        (EXPIRES, expiry(grant.id.ends_at())),
    ];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

async fn admit(
    ports: &Ports,
    _own: OwnOrigin,
    caller: &Caller,
    token: &str,
    head: &Parts,
) -> Result<(ResumableGrant, u64), ApiError> {
    if !has_part(&head.headers) {
        return Err(no_part());
    }
    let offset = bytes(&head.headers, &OFFSET);
    let offset = offset.ok_or_else(|| ApiError::bad_request(INVALID_OFFSET))?;
    let grant = grant::read(ports, caller, token, ports.clock.now()).await?;
    Ok((grant, offset))
}

/// `POST` in place of another method, for clients that can send nothing else.
pub(crate) async fn overridden(
    own: OwnOrigin,
    state: State<Ports>,
    caller: Caller,
    path: Path<String>,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    let meant = request.headers().get("x-http-method-override");
    match meant.and_then(|meant| Method::from_bytes(meant.as_bytes()).ok()) {
        Some(Method::PATCH) => handle(own, state, caller, path, request).await,
        Some(Method::DELETE) => terminate::handle(own, state, caller, path)
            .await
            .map(IntoResponse::into_response),
        _ => Err(other_method()),
    }
}

/// The body is not said to be a part.
pub(crate) fn no_part() -> ApiError {
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    ApiError::new(status, "Content type mismatch")
}

/// A `POST` in place of nothing that there is.
pub(crate) fn other_method() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
}
