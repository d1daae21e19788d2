//! The `Cookie` header: whatever a client sends, a value that is found stands in the header as it
//! is, ends at its semicolon, and was sent under that name.

#![no_main]

use http::HeaderMap;
use http::header::{COOKIE, HeaderValue};
use libfuzzer_sys::fuzz_target;
use or3_http::{AuthCookies, cookie};

fuzz_target!(|input: &[u8]| {
    let mut headers = HeaderMap::new();
    for line in input.split(|byte| *byte == b'\n') {
        if let Ok(line) = HeaderValue::from_bytes(line) {
            headers.append(COOKIE, line);
        }
    }
    for name in [
        AuthCookies::ACCESS,
        AuthCookies::REFRESH,
        AuthCookies::INVITE,
    ] {
        let Some(value) = cookie(&headers, name) else {
            continue;
        };
        assert!(!value.is_empty() && !value.contains(';'), "{name}: {value}");
        let sent = |line: &HeaderValue| {
            let line = line.as_bytes();
            holds(line, name.as_bytes()) && holds(line, value.as_bytes())
        };
        assert!(headers.get_all(COOKIE).iter().any(sent), "{name}: {value}");
    }
});

fn holds(line: &[u8], part: &[u8]) -> bool {
    line.windows(part.len()).any(|window| window == part)
}
