//! Request bodies with a ceiling.

use std::marker::PhantomData;

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_LENGTH;
use http_body_util::{BodyExt, LengthLimitError, Limited as LimitedBody};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::error::ApiError;
use crate::incoming::{Incoming, time_for};

/// A whole body of at most `CEILING` bytes. A declared length over it is refused before reading;
/// otherwise reading stops there. Exactly the ceiling passes. What is refused is heard out for a
/// while, because a client that is still sending may not see an answer on a closed connection. One
/// that comes in drops is cut off when a slow line would have brought the ceiling.
pub struct Limited<const CEILING: usize>(pub Bytes, PhantomData<()>);

impl<S: Send + Sync, const CEILING: usize> FromRequest<S> for Limited<CEILING> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ApiError> {
        let (head, mut body) = request.into_parts();
        let declared = head.headers.get(CONTENT_LENGTH);
        let declared = declared.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if declared.is_some_and(|length| length > CEILING as u64) {
            Incoming::new(body, 0).hear_out(&head.headers).await;
            return Err(too_large());
        }
        let whole = LimitedBody::new(&mut body, CEILING).collect();
        match timeout(time_for(CEILING as u64), whole).await {
            Err(_) => Err(ApiError::slow()),
            Ok(Ok(body)) => Ok(Self(body.to_bytes(), PhantomData)),
            Ok(Err(error)) if error.is::<LengthLimitError>() => {
                Incoming::new(body, 0).hear_out(&head.headers).await;
                Err(too_large())
            }
            Ok(Err(_)) => Err(ApiError::bad_request("The request body could not be read.")),
        }
    }
}

pub(crate) fn too_large() -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "The request body is too large.",
    )
}

/// A JSON body as `T`. An empty body counts as `{}`, so that an endpoint answers what it says of
/// missing members (auth contract, 1.3).
///
/// # Errors
///
/// `400 "Bad Request"` (message `Invalid JSON body`) for text that is not JSON, `invalid` for
/// JSON of another shape.
pub fn json_of<T: DeserializeOwned>(body: &[u8], invalid: ApiError) -> Result<T, ApiError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        if error.is_data() {
            invalid
        } else {
            ApiError::bad_request("Bad Request")
        }
    })
}
