//! `/_or3/config.json`: what a page must know before anybody has signed in, and how other pages
//! embed the scripts.

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use http::{HeaderMap, StatusCode};
use or3_domain::hex::Hex;
use or3_http::conditions;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::shelf::{SHELF, address};

/// Who may sign in, and how. None of it is secret.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Access {
    /// The auth provider's id; null where auth is off.
    pub auth_provider: Option<&'static str>,
    /// Who may register: `open`, `invite_only`, `disabled`.
    pub registration_mode: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Everything<'a> {
    #[serde(flatten)]
    access: &'a Access,
    /// Address and integrity by name.
    scripts: BTreeMap<&'static str, Script<'a>>,
}

#[derive(Serialize)]
struct Script<'a> {
    url: String,
    integrity: &'a str,
}

/// A document and its entity tag.
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) tag: String,
}

impl Document {
    pub(crate) fn new(text: String) -> Self {
        let digest = Sha256::digest(&text);
        let digest = Hex(&digest[..16]);
        Self {
            text,
            tag: format!("\"{digest}\""),
        }
    }
}

impl Access {
    pub(crate) fn document(&self) -> Document {
        let scripts = SHELF.iter().filter(|(_, file)| file.is_module());
        let everything = Everything {
            access: self,
            scripts: scripts
                .map(|(name, file)| {
                    let (url, integrity) = (address(name), file.integrity.as_str());
                    (name, Script { url, integrity })
                })
                .collect(),
        };
        // Texts always serialize.
        Document::new(serde_json::to_string(&everything).unwrap_or_default())
    }
}

pub(crate) fn serve(document: &Document, headers: &HeaderMap) -> Response {
    let held = [
        (CACHE_CONTROL, "no-cache"),
        (ETAG, document.tag.as_str()),
        (CONTENT_TYPE, "application/json"),
    ];
    if conditions::has_it(headers, &document.tag) {
        return (StatusCode::NOT_MODIFIED, held).into_response();
    }
    (held, document.text.clone()).into_response()
}
