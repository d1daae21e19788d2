//! Requests that depend on what the client has already (RFC 9110, 13). The entity tag of a blob is
//! its hash: strong, and known without reading.

use http::header::{HeaderMap, IF_NONE_MATCH, IF_RANGE, RANGE};
use or3_domain::storage::ContentHash;

/// The strong entity tag of `hash`.
pub fn entity_tag(hash: &ContentHash) -> String {
    format!("\"{hash}\"")
}

/// Whether the client has what `tag` names: then it is told so instead of being sent it.
pub fn has_it(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(IF_NONE_MATCH).into_iter();
    let mut tags = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim);
    tags.any(|held| held == "*" || held.strip_prefix("W/").unwrap_or(held) == tag)
}

/// The range that is asked for, unless `If-Range` names other content than `tag`. Weak tags and
/// dates never match: blobs have none.
pub fn range<'a>(headers: &'a HeaderMap, tag: &str) -> Option<&'a str> {
    let range = headers.get(RANGE)?.to_str().ok()?;
    let unchanged = headers.get(IF_RANGE).is_none_or(|held| held == tag);
    unchanged.then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    const TAG: &str = "\"sha256:ab\"";

    fn headers(lines: &[(HeaderName, &'static str)]) -> HeaderMap {
        let lines = lines.iter().cloned();
        lines
            .map(|(name, value)| (name, HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn any_listed_tag_will_do() {
        for held in ["\"sha256:ab\"", "\"x\", W/\"sha256:ab\"", "*"] {
            assert!(has_it(&headers(&[(IF_NONE_MATCH, held)]), TAG), "{held}");
        }
        for held in ["\"sha256:a\"", "sha256:ab", ""] {
            assert!(!has_it(&headers(&[(IF_NONE_MATCH, held)]), TAG), "{held}");
        }
    }

    #[test]
    fn a_range_of_other_content_is_ignored() {
        let with = |held| headers(&[(RANGE, "bytes=0-1"), (IF_RANGE, held)]);
        assert_eq!(range(&with("\"sha256:ab\""), TAG), Some("bytes=0-1"));
        for held in ["\"x\"", "W/\"sha256:ab\"", "Fri, 20 Nov 2026 17:30:45 GMT"] {
            assert_eq!(range(&with(held), TAG), None, "{held}");
        }
        assert_eq!(range(&headers(&[]), TAG), None);
    }
}
