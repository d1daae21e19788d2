//! Events of gateways: whatever JSON a function is invoked with, it is no request, or the request
//! that its members say, whose answer can be said in the form of its sender.

#![no_main]

use axum::Router;
use axum::body::Bytes;
use axum::extract::RawQuery;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt;
use http::header::{CONTENT_TYPE, SET_COOKIE};
use http::{HeaderMap, Method, Uri};
use lambda_runtime::Context;
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use serde_json::{Value, json};

// Part of a crate that shows nothing but how functions start.
#[allow(dead_code, unused_imports)]
#[path = "../../../shared/runtime/src/gateway/mod.rs"]
mod gateway;

fuzz_target!(|input: &[u8]| {
    let Ok(event) = serde_json::from_slice::<&RawValue>(input) else {
        return;
    };
    let Ok(parsed) = gateway::parsed(event) else {
        return;
    };
    let router = Router::new().fallback(echo);
    let answer = gateway::answer(router, parsed, Context::default()).now_or_never();
    let Ok(answer) = answer.expect("nothing is waited for") else {
        return;
    };
    let answer = serde_json::to_value(answer).expect("an answer is JSON");
    // Numbers that nobody looks at may be too large for a value.
    if let Ok(event) = serde_json::from_str(event.get()) {
        judge(&event, &answer);
    }
});

/// Says what was asked, with two cookies.
async fn echo(
    method: Method,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> (HeaderMap, String) {
    let names: Vec<_> = headers.keys().map(ToString::to_string).collect();
    let told = json!({
        "method": method.as_str(), "path": uri.path(), "query": query,
        "host": uri.host(), "headers": names, "body": STANDARD.encode(&body),
    });
    let text = |text: &'static str| http::HeaderValue::from_static(text);
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, text("application/json"));
    headers.append(SET_COOKIE, text("a=1"));
    headers.append(SET_COOKIE, text("b=2"));
    (headers, told.to_string())
}

fn judge(event: &Value, answer: &Value) {
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(answer["isBase64Encoded"], false);
    assert_eq!(cookies(answer), ["a=1", "b=2"], "{answer}");
    let told = answer["body"].as_str().expect("a body");
    let told: Value = serde_json::from_str(told).expect("what was said");
    let path = told["path"].as_str().expect("a path");
    assert!(path.starts_with('/') && path.is_ascii(), "{path}");
    let sent = event["body"].as_str().unwrap_or_default();
    let sent = match event["isBase64Encoded"].as_bool() {
        Some(true) => sent.to_owned(),
        _ => STANDARD.encode(sent),
    };
    assert_eq!(told["body"], sent);
    let method = &event["requestContext"]["http"]["method"];
    let method = method.as_str().or(event["httpMethod"].as_str());
    assert_eq!(told["method"].as_str(), method);
}

/// Wherever a form has them.
fn cookies(answer: &Value) -> Vec<&str> {
    let listed = answer["cookies"].as_array();
    let many = answer["multiValueHeaders"]["set-cookie"].as_array();
    let plain = answer["headers"].as_object().into_iter().flatten();
    let plain = plain.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let plain = plain.map(|(_, value)| value);
    let mut all: Vec<_> = [listed, many]
        .into_iter()
        .flatten()
        .flatten()
        .chain(plain)
        .collect();
    all.sort_by_key(|value| value.to_string());
    all.into_iter().filter_map(Value::as_str).collect()
}
