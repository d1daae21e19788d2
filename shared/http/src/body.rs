//! Request bodies with a ceiling.

use std::marker::PhantomData;

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_LENGTH;
use http_body_util::{BodyExt, LengthLimitError, Limited as LimitedBody};
use serde::de::DeserializeOwned;
use serde_json::Value;
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

/// A JSON object as `T`; of a member that comes twice the last counts. An empty body counts as `{}`,
/// so that an endpoint answers what it says of missing members (auth contract, 1.3).
///
/// # Errors
///
/// `400 "Bad Request"` (message `Invalid JSON body`) for text that is not JSON, `invalid` for other
/// JSON than an object, and for an object of another shape.
pub fn json_of<T: DeserializeOwned>(body: &[u8], invalid: ApiError) -> Result<T, ApiError> {
    let body = if body.is_empty() { b"{}" } else { body };
    let value: Value =
        serde_json::from_slice(body).map_err(|_| ApiError::bad_request("Bad Request"))?;
    // A shape would take the values of a list for its members, in their order.
    let object = Some(value).filter(Value::is_object);
    object
        .and_then(|object| serde_json::from_value(object).ok())
        .ok_or(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Default, PartialEq, Eq, Deserialize)]
    #[serde(default)]
    struct Body {
        name: String,
        size: u8,
    }

    fn read(body: &str) -> Result<Body, String> {
        let read = json_of(body.as_bytes(), ApiError::bad_request("invalid"));
        read.map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_body_is_an_object() {
        let body = Body {
            name: "a".to_owned(),
            size: 1,
        };
        assert_eq!(read(r#" {"size":1,"name":"a","more":[]}"#), Ok(body));
        assert_eq!(read(""), Ok(Body::default()));
        for other in [r#"["a",1]"#, "[]", "null", "7", r#""a""#, r#"{"size":"1"}"#] {
            assert_eq!(read(other), Err("invalid".to_owned()), "{other}");
        }
    }

    #[test]
    fn what_is_not_json_is_told_apart() {
        for torn in ["{", r#"["a",1"#, r#"{"size":"1""#, "{} {}", " "] {
            assert_eq!(read(torn), Err("Bad Request".to_owned()), "{torn}");
        }
    }
}
