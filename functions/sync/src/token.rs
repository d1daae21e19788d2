//! Page tokens: where a snapshot's next page begins, as opaque text.
//!
//! A form byte, a table's code, the snapshot's id with its length before it, the key in UTF-16.
//! Keys are limited in UTF-16 units, so that the longest key fits into the longest token whatever
//! its characters are; as UTF-8 or as JSON it might not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use or3_domain::sync::{ItemKey, Table};

/// The form of the token's content; others are refused.
const FORM: u8 = 2;

/// The token of the page behind `last`: at most 3,075 characters, whatever the key.
pub(crate) fn encode(id: &str, last: &ItemKey) -> String {
    // Ids are UUIDs; a longer one would be cut, and its token lead nowhere.
    let id = &id.as_bytes()[..id.len().min(255)];
    let length = u8::try_from(id.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![FORM, last.table.code(), length];
    bytes.extend_from_slice(id);
    bytes.extend(last.pk.encode_utf16().flat_map(u16::to_be_bytes));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The snapshot and key in `token`, if it is one of ours.
pub(crate) fn decode(token: &str) -> Option<(String, ItemKey)> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let [FORM, table, length, rest @ ..] = bytes.as_slice() else {
        return None;
    };
    let table = Table::coded(i64::from(*table))?;
    let (id, key) = rest.split_at_checked(usize::from(*length))?;
    let id = String::from_utf8(id.to_vec()).ok()?;
    let (units, []) = key.as_chunks::<2>() else {
        return None;
    };
    let units: Vec<_> = units.iter().copied().map(u16::from_be_bytes).collect();
    let pk = String::from_utf16(&units).ok()?;
    Some((id, ItemKey { table, pk }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190b0d4-0000-4000-8000-000000000001";

    fn key(pk: String) -> ItemKey {
        ItemKey {
            table: Table::Notifications,
            pk,
        }
    }

    #[test]
    fn tokens_of_the_longest_keys_lead_back_and_stay_below_the_limit() {
        for longest in ["x", "あ", "\"", "\u{1}"].map(|c| key(c.repeat(1024))) {
            let token = encode(ID, &longest);
            assert!(token.len() <= 4096, "{}", token.len());
            assert_eq!(decode(&token), Some((ID.to_owned(), longest)));
        }
        let pairs = key("😀".repeat(512));
        assert_eq!(decode(&encode(ID, &pairs)).map(|(_, key)| key), Some(pairs));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let token = encode(ID, &key("k".to_owned()));
        let cut = |end: usize| &token[..token.len() - end];
        for text in [
            "",
            "?",
            "e30",
            "bnVsbA",
            "eyJ2IjoyfQ",
            "AgMk",
            cut(1),
            cut(6),
        ] {
            assert!(decode(text).is_none(), "{text}");
        }
        let other_form = format!("AQ{}", &token[2..]);
        assert!(decode(&other_form).is_none());
    }
}
