//! How long addresses and how large heads may be, whoever serves: a gateway has bounds of its own
//! (10 KB on AWS), a listener on the network needs these.

use axum::extract::Request;
use http::StatusCode;

use crate::error::ApiError;

/// The longest path with query: twice what signed addresses come to.
const ADDRESS_BYTES: usize = 8 * 1024;

/// The most that names and values of all headers may take together.
const HEADER_BYTES: usize = 32 * 1024;

/// The most header lines.
const HEADER_LINES: usize = 100;

/// What is too much about the head of a request: 414 or 431.
pub(super) fn exceeded(request: &Request) -> Option<ApiError> {
    let uri = request.uri();
    let address = uri.path_and_query().map_or(0, |whole| whole.as_str().len());
    if address > ADDRESS_BYTES {
        return Some(address_too_long());
    }
    let headers = request.headers();
    let lines = headers.iter();
    let bytes: usize = lines
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    (bytes > HEADER_BYTES || headers.len() > HEADER_LINES).then(head_too_large)
}

pub(crate) fn address_too_long() -> ApiError {
    ApiError::new(StatusCode::URI_TOO_LONG, "The address is too long.")
}

pub(crate) fn head_too_large() -> ApiError {
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    ApiError::new(status, "The request headers are too large.")
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn status(query: usize, lines: usize, length: usize) -> Option<u16> {
        let mut request = Request::builder().uri(format!("/api?{}", "q".repeat(query)));
        for line in 0..lines {
            request = request.header(format!("x-{line:04}"), "v".repeat(length));
        }
        let request = request.body(Body::empty()).expect("a request");
        exceeded(&request).map(|error| error.status().as_u16())
    }

    #[test]
    fn what_is_within_the_bounds_passes_and_one_byte_more_does_not() {
        assert_eq!(status(ADDRESS_BYTES - 5, 0, 0), None);
        assert_eq!(status(ADDRESS_BYTES - 4, 0, 0), Some(414));
        assert_eq!(status(0, 1, HEADER_BYTES - 6), None);
        assert_eq!(status(0, 1, HEADER_BYTES - 5), Some(431));
        assert_eq!(status(0, HEADER_LINES, 1), None);
        assert_eq!(status(0, HEADER_LINES + 1, 1), Some(431));
    }
}
