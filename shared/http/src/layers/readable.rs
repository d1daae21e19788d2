//! Paths whose encoded bytes are no text (`%FF`). Routes take their parameters as text, and what
//! cannot be read as such would be refused before any handler sees it, in words and a form that
//! are not the contract's (auth contract, 1.2). Such bytes become U+FFFD, which is in no id, token
//! or name of ours: the answer is that of something that nobody has.

use std::borrow::Cow;

use axum::extract::Request;
use http::Uri;
use http::uri::PathAndQuery;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::versions::rewritten;

/// The request under a path that can be read as text.
pub(super) fn readable(request: Request) -> Request {
    match text(request.uri()) {
        Some(uri) => rewritten(request, uri),
        None => request,
    }
}

/// `None` where the path is text already.
fn text(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    if percent_decode_str(path).decode_utf8().is_ok() {
        return None;
    }
    let segments: Vec<_> = path.split('/').map(segment).collect();
    let path = segments.join("/");
    let whole = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(whole).ok()?);
    Uri::from_parts(parts).ok()
}

/// Each for itself: one that can be read stays as it was written.
fn segment(segment: &str) -> Cow<'_, str> {
    let decoded = percent_decode_str(segment);
    if decoded.clone().decode_utf8().is_ok() {
        return segment.into();
    }
    let text = decoded.decode_utf8_lossy();
    utf8_percent_encode(&text, NON_ALPHANUMERIC)
        .to_string()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(asked: &str) -> Option<String> {
        text(&asked.parse().expect("a path")).map(|uri| uri.to_string())
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_and_nothing_else_is() {
        for (asked, becomes) in [
            ("/a/%FF", "/a/%EF%BF%BD"),
            ("/a/%ff/b%20c?d=%FF", "/a/%EF%BF%BD/b%20c?d=%FF"),
            ("/a/x%2Fy%C3", "/a/x%2Fy%EF%BF%BD"),
            ("/%C3/%A9", "/%EF%BF%BD/%EF%BF%BD"),
            ("https://or3.test/%80", "https://or3.test/%EF%BF%BD"),
        ] {
            assert_eq!(read(asked).as_deref(), Some(becomes), "{asked}");
        }
    }

    #[test]
    fn text_stays_as_it_was_written() {
        for asked in [
            "/",
            "*",
            "/a%2fb/%C3%A9/%00/%zz/%",
            "/a?b=%FF",
            "/%EF%BF%BD",
        ] {
            assert_eq!(read(asked), None, "{asked}");
        }
    }
}
