//! Under which an item stands.

use serde_json::{Value, json};

/// The key of an item.
pub(crate) fn key(pk: &str, sk: &str) -> Value {
    json!({ "pk": { "S": pk }, "sk": { "S": sk } })
}
