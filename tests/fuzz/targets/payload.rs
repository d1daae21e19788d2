//! Payloads of sync ops: what counts as JSON stays the same value when it is made compact, and
//! making it compact again changes nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use or3_domain::sync::json::{Fields, Json, MAX_DEPTH, compact, digest};

fuzz_target!(|input: &[u8]| {
    let Some(value) = Json::parse(input) else {
        return;
    };
    let once = compact(value);
    let again = Json::parse(once.text.as_bytes()).expect("the compact form is JSON");
    assert_eq!(compact(again).text, once.text);
    assert!(once.text.len() <= input.len().max(1) * 6);
    if once.depth <= MAX_DEPTH {
        assert_eq!(digest(&once.text), digest(&compact(again).text));
    }
    if let Some(fields) = Fields::of(value) {
        assert!(fields.get("\u{0}no such member").is_none() || input.contains(&0));
        let _ = fields.get("id").and_then(Json::as_str);
    }
});
