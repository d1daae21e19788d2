//! `Content-Disposition` (RFC 6266) with its file name in the extended form (RFC 8187), which
//! carries every character and which every browser reads.

use http::HeaderValue;
use or3_domain::storage::mime::Disposition;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but RFC 8187's `attr-char`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The header's value; the encoded name is plain ASCII whatever the name holds.
pub(crate) fn header(disposition: Disposition, filename: &str) -> HeaderValue {
    let name = utf8_percent_encode(filename, ENCODED);
    let text = format!("{}; filename*=UTF-8''{name}", disposition.as_str());
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_parameter() {
        let value = header(Disposition::Attachment, "a\"; x=\r\né(1)'*%.html");
        assert_eq!(
            value,
            "attachment; filename*=UTF-8''a%22%3B%20x%3D%0D%0A%C3%A9%281%29%27%2A%25.html"
        );
    }

    #[test]
    fn plain_names_stay_readable() {
        let value = header(Disposition::Inline, "photo-1_2.png");
        assert_eq!(value, "inline; filename*=UTF-8''photo-1_2.png");
    }
}
