//! The payload of a row that is gone.

use crate::sync::json::{Json, write_string};

/// The last payload of a deleted row, if one is left, with `"deleted":true`; it names at least the
/// row's key (sync contract, 8.6).
pub(in crate::sync) fn with_deleted(last: Option<&str>, key_member: &str, pk: &str) -> String {
    let mut text = String::from("{");
    let members = last
        .into_iter()
        .flat_map(|last| Json::trusted(last).members());
    for (name, value) in members.filter(|(name, _)| name.text() != "\"deleted\"") {
        // A stored name has one spelling, and may hold half a surrogate pair.
        text.push_str(name.text());
        text.push(':');
        text.push_str(value.text());
        text.push(',');
    }
    if last.is_none() {
        write_string(key_member, &mut text);
        text.push(':');
        write_string(pk, &mut text);
        text.push(',');
    }
    text.push_str("\"deleted\":true}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_replaces_what_the_payload_said() {
        let text = with_deleted(
            Some(r#"{"deleted":false,"id":"a","\udc00":"\ud83d"}"#),
            "id",
            "a",
        );
        assert_eq!(text, r#"{"id":"a","\udc00":"\ud83d","deleted":true}"#);
    }

    #[test]
    fn without_a_payload_the_key_is_named() {
        assert_eq!(
            with_deleted(None, "hash", "h\"1"),
            r#"{"hash":"h\"1","deleted":true}"#
        );
    }
}
