//! What clients, events and addresses ask for: bodies of sync and storage, wishes for collections,
//! cursors, page tokens, questions of a stream. Whatever comes in, what is understood is within its
//! bounds, a cursor that we gave is read as it was written, and a wish collects only if nothing in it
//! says that it must not.

#![no_main]

use http::{HeaderMap, Uri};
use libfuzzer_sys::fuzz_target;
use or3_domain::audit::Chain;
use or3_domain::gc::Cursor;
use or3_domain::sync::json::{Fields, Json, MAX_INTEGER};
use or3_domain::sync::{scope, trimmed_text};
use run_cursor::RunCursor;
use serde::Deserialize;
use serde_json::Value;

// Parts of functions, whose packages link far more than their parsers.
#[allow(dead_code)]
#[path = "../../../functions/presign/src/fields.rs"]
mod fields;
#[allow(dead_code)]
#[path = "../../../functions/stream/src/question.rs"]
mod question;
#[allow(dead_code)]
#[path = "../../../functions/admin/src/run_cursor.rs"]
mod run_cursor;
#[allow(dead_code)]
#[path = "../../../functions/sync/src/tables.rs"]
mod tables;
#[allow(dead_code)]
#[path = "../../../functions/sync/src/token.rs"]
mod token;
#[allow(dead_code)]
#[path = "../../../functions/gc/src/wish.rs"]
mod wish;

fuzz_target!(|input: &[u8]| {
    if let Some(body) = Json::parse(input) {
        of_sync(body);
    }
    if let Ok(value) = serde_json::from_slice(input) {
        of_collection(&value);
    }
    of_storage(input);
    let text = String::from_utf8_lossy(input);
    page(&text);
    stream(&text);
});

fn of_sync(body: Json<'_>) {
    let Some(fields) = Fields::of(body) else {
        return;
    };
    if let Some(workspace) = scope(&fields) {
        assert!((1..=256).contains(&workspace.encode_utf16().count()));
    }
    for name in ["cursor", "limit", "pageSize", "version", "retentionSeconds"] {
        let number = fields
            .get(name)
            .and_then(|number| number.as_integer_within(0, MAX_INTEGER));
        assert!(number.is_none_or(|number| (0..=MAX_INTEGER).contains(&number)));
    }
    let device = trimmed_text(fields.get("deviceId"), 256);
    assert!(device.is_none_or(|device| !device.is_empty()));
    if let Some(tables) = fields.get("tables").and_then(tables::Tables::of) {
        let _set = tables.set();
        assert!(tables.unknown().is_none_or(|name| !name.is_empty()));
    }
}

fn of_collection(value: &Value) {
    if let Ok(wish::Wish::Collect(_)) = wish::Wish::of(value) {
        for name in ["dryRun", "verify", "countOnly"] {
            assert_ne!(value[name], true, "{value}");
        }
        let known = ["dryRun", "verify", "kinds", "cursor", "countOnly"];
        let members = value.as_object().expect("a wish is an object");
        assert!(
            members.keys().all(|name| known.contains(&name.as_str())),
            "{value}"
        );
    }
}

#[derive(Deserialize)]
struct File {
    name: fields::Text<255>,
    #[serde(deserialize_with = "fields::bytes")]
    size_bytes: u64,
    _lifetime: Option<fields::Lifetime>,
    _capability: Option<fields::Capability>,
}

fn of_storage(input: &[u8]) {
    if let Ok(file) = serde_json::from_slice::<File>(input) {
        assert!((1..=255).contains(&file.name.0.chars().count()));
        let _any = file.size_bytes;
    }
}

fn page(text: &str) {
    if let Some((id, after)) = token::decode(text) {
        assert_eq!(token::encode(&id, &after), text);
    }
    if let Ok(cursor) = text.parse::<Cursor>() {
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }
    if let Some(cursor) = RunCursor::parse(text) {
        assert_eq!(RunCursor::parse(&cursor.to_string()), Some(cursor));
    }
    if let Some(chain) = Chain::parse(text) {
        assert_eq!(Chain::parse(&chain.to_string()), Some(chain));
    }
}

fn stream(text: &str) {
    let Ok(uri) = format!("/api/sync/stream?{text}").parse::<Uri>() else {
        return;
    };
    if let Some(question) = question::Question::of(&uri, &HeaderMap::new()) {
        assert!((1..=256).contains(&question.workspace.encode_utf16().count()));
        assert!((0..=MAX_INTEGER).contains(&question.cursor));
    }
}
