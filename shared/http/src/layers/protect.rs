//! What every answer tells a browser not to do with it, success or error.
//!
//! The contract names these headers for errors (auth contract, 1.2) and calls them harmless on
//! successes (12.3). An answer runs no scripts and stands in no frame; a page of ours says itself
//! what it may run.

use axum::response::Response;
use http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use crate::context::Context;
use crate::policy::HttpPolicy;

const ALWAYS: [(HeaderName, HeaderValue); 3] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

const NO_SCRIPTS: HeaderValue =
    HeaderValue::from_static("script-src 'none'; frame-ancestors 'none';");

/// A year, of this host alone: what other hosts of the domain do is not ours to say.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Puts the headers on an answer.
pub(super) fn apply(response: &mut Response, context: &Context, policy: &HttpPolicy) {
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(NO_SCRIPTS);
    // Over plain HTTP it means nothing (RFC 6797, 7.2).
    if policy.force_https && context.is_https() {
        headers.insert(STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
}
