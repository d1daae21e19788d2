//! How large requests and answers are as events of Lambda: JSON, in which text is quoted and bytes
//! stand in base 64.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

/// Types of content that a gateway takes for text.
const TEXTS: [&str; 4] = [
    "application/json",
    "application/javascript",
    "application/xml",
    "text/",
];

/// The bytes that `body` takes in an event.
pub(super) fn size(headers: &HeaderMap, body: &Bytes) -> usize {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let text = kind.is_some_and(|kind| TEXTS.iter().any(|text| kind.starts_with(text)));
    match std::str::from_utf8(body) {
        Ok(body) if text => quoted(body),
        _ => body.len().div_ceil(3) * 4,
    }
}

/// The length of `text` in JSON, less its quotes (RFC 8259, section 7).
fn quoted(text: &str) -> usize {
    let byte = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0C => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(byte).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(kind: &'static str) -> HeaderMap {
        [(CONTENT_TYPE, kind.parse().expect("a value"))]
            .into_iter()
            .collect()
    }

    #[test]
    fn text_is_quoted_and_bytes_are_a_third_longer() {
        let body = Bytes::from_static(b"{\"a\":\"\\n\x01\"}");
        let as_text = serde_json::to_string(std::str::from_utf8(&body).expect("text"));
        let json = headers("application/json; charset=utf-8");
        assert_eq!(size(&json, &body) + 2, as_text.expect("JSON").len());
        assert_eq!(size(&headers("image/png"), &Bytes::from_static(&[0; 4])), 8);
        assert_eq!(size(&HeaderMap::new(), &Bytes::from_static(b"abc")), 4);
        assert_eq!(
            size(&headers("text/plain"), &Bytes::from_static(&[0xFF])),
            4
        );
    }
}
