//! From an answer to what the sender of the event reads.

use std::collections::BTreeMap;

use axum::body::{BodyDataStream, Bytes, to_bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName, SET_COOKIE};
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_runtime::{Error, MetadataPrelude, StreamResponse};
use serde::Serialize;

use super::request::Form;

/// An answer in any form; what a form has not is left out, since REST APIs refuse members that they
/// do not know. What it has is there even if it is empty, since `cargo lambda watch` wants it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    status_code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_description: Option<String>,
    headers: BTreeMap<String, String>,
    multi_value_headers: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cookies: Option<Vec<String>>,
    body: String,
    is_base64_encoded: bool,
}

impl Answer {
    /// `response` in `form`, whole.
    ///
    /// # Errors
    ///
    /// When its body breaks off.
    pub(super) async fn of(form: Form, response: Response) -> Result<Self, Error> {
        let (mut parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await?;
        let (body, is_base64_encoded) = written(&parts.headers, bytes);
        let cookies = match form {
            Form::Version1 | Form::Balancer => Vec::new(),
            Form::Version2 | Form::PlainBalancer => taken_cookies(&mut parts.headers),
        };
        let mut answer = Self {
            status_code: parts.status.as_u16(),
            status_description: description(form, &parts),
            headers: BTreeMap::new(),
            multi_value_headers: BTreeMap::new(),
            cookies: None,
            body,
            is_base64_encoded,
        };
        match form {
            Form::Version1 | Form::Balancer => {
                answer.multi_value_headers = every_value(&parts.headers);
            }
            Form::Version2 => {
                answer.headers = one_value(&parts.headers);
                answer.cookies = Some(cookies);
            }
            Form::PlainBalancer => {
                answer.headers = one_value(&parts.headers);
                answer.headers.extend(cased(cookies));
            }
        }
        Ok(answer)
    }
}

/// A response that leaves piece by piece, as function URLs take it.
pub(crate) fn streamed(response: Response) -> StreamResponse<BodyDataStream> {
    let (mut parts, body) = response.into_parts();
    let cookies = taken_cookies(&mut parts.headers);
    let headers = one_value(&parts.headers).into_iter();
    let headers = headers.filter_map(|(name, value)| {
        Some((
            HeaderName::try_from(name).ok()?,
            HeaderValue::try_from(value).ok()?,
        ))
    });
    StreamResponse {
        metadata_prelude: MetadataPrelude {
            status_code: parts.status,
            headers: headers.collect(),
            cookies,
        },
        stream: body.into_data_stream(),
    }
}

/// Load balancers want the reason beside the status.
fn description(form: Form, parts: &Parts) -> Option<String> {
    let wanted = matches!(form, Form::Balancer | Form::PlainBalancer);
    wanted.then(|| parts.status.to_string())
}

/// Text travels as it is. Everything else travels in base64, text included that calls itself
/// bytes: control characters would take six in JSON.
fn written(headers: &HeaderMap, bytes: Bytes) -> (String, bool) {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_text = kind.starts_with("text/") || kind.ends_with("json") || kind.ends_with("xml");
    if bytes.is_empty() || (is_text && !headers.contains_key(CONTENT_ENCODING)) {
        return match String::from_utf8(bytes.into()) {
            Ok(text) => (text, false),
            Err(error) => (STANDARD.encode(error.as_bytes()), true),
        };
    }
    (STANDARD.encode(bytes), true)
}

fn taken_cookies(headers: &mut HeaderMap) -> Vec<String> {
    let cookies = headers.get_all(SET_COOKIE).iter().map(text).collect();
    headers.remove(SET_COOKIE);
    cookies
}

fn every_value(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let names = headers.keys();
    names
        .map(|name| {
            let values = headers.get_all(name).iter().map(text);
            (name.as_str().to_owned(), values.collect())
        })
        .collect()
}

/// Several values of one name mean the same as one with commas (RFC 9110, 5.3), but for cookies.
fn one_value(headers: &HeaderMap) -> BTreeMap<String, String> {
    let every = every_value(headers).into_iter();
    every
        .map(|(name, values)| (name, values.join(", ")))
        .collect()
}

/// A load balancer that reads one value a name still passes names on that differ in case only.
fn cased(cookies: Vec<String>) -> impl Iterator<Item = (String, String)> {
    let cookies = cookies.into_iter().enumerate();
    cookies.map(|(number, cookie)| (spelling(number), cookie))
}

/// One of 64 ways to write the name: a bit for each letter behind the hyphen.
fn spelling(number: usize) -> String {
    let letters = SET_COOKIE.as_str().chars().rev().enumerate();
    let backwards = letters.map(|(bit, letter)| match number >> bit & 1 {
        1 => letter.to_ascii_uppercase(),
        _ => letter,
    });
    backwards.collect::<Vec<_>>().into_iter().rev().collect()
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}
