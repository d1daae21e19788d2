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
            line.to_str()
                .is_ok_and(|line| line.contains(name) && line.contains(value))
        };
        assert!(headers.get_all(COOKIE).iter().any(sent), "{name}: {value}");
    }
});
