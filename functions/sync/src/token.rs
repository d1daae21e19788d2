//! Page tokens: where a snapshot's next page begins, as opaque text.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use or3_domain::sync::{ItemKey, Table};
use serde::{Deserialize, Serialize};

/// The form of the token's content; others are refused.
const FORM: u8 = 1;

#[derive(Serialize, Deserialize)]
struct Content {
    v: u8,
    id: String,
    table: String,
    pk: String,
}

/// The token of the page behind `last`. At most 4096 characters, however long the key.
pub(crate) fn encode(id: &str, last: &ItemKey) -> String {
    let content = Content {
        v: FORM,
        id: id.to_owned(),
        table: last.table.name().to_owned(),
        pk: last.pk.clone(),
    };
    // Text and numbers always serialize.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&content).unwrap_or_default())
}

/// The snapshot and key in `token`, if it is one of ours.
pub(crate) fn decode(token: &str) -> Option<(String, ItemKey)> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let content: Content = serde_json::from_slice(&bytes).ok()?;
    let table = Table::named(&content.table).filter(|_| content.v == FORM)?;
    Some((
        content.id,
        ItemKey {
            table,
            pk: content.pk,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_lead_back_and_stay_below_the_limit() {
        let longest = ItemKey {
            table: Table::Notifications,
            pk: "あ".repeat(960),
        };
        let token = encode("0190b0d4-0000-4000-8000-000000000001", &longest);
        assert!(token.len() <= 4096, "{}", token.len());
        assert_eq!(decode(&token).map(|(_, key)| key), Some(longest));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in ["", "?", "e30", "bnVsbA", "eyJ2IjoyfQ"] {
            assert!(decode(text).is_none(), "{text}");
        }
    }
}
