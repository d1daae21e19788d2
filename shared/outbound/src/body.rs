//! What is sent.

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full};

/// The body of a request; its error is the sender's own.
pub type Body = UnsyncBoxBody<Bytes, BrokenOff>;

/// The body of a request stopped coming, or was not what was announced.
#[derive(Debug, thiserror::Error)]
#[error("the body broke off")]
pub struct BrokenOff;

/// No body.
pub fn nothing() -> Body {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

/// A body that is there as a whole.
pub(crate) fn whole(bytes: Bytes) -> Body {
    if bytes.is_empty() {
        return nothing();
    }
    Full::new(bytes)
        .map_err(|never| match never {})
        .boxed_unsync()
}
