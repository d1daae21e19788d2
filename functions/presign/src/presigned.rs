//! The answer of both presign endpoints.

use std::collections::BTreeMap;

use or3_domain::storage::SignedUrl;
use or3_domain::storage::mime::Disposition;
use serde::Serialize;

/// A URL and how to use it (storage contract, 2.1).
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Presigned {
    url: String,
    /// Milliseconds.
    expires_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::disposition))]
    disposition: Option<Disposition>,
    method: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    storage_id: String,
}

impl Presigned {
    pub(crate) fn new(
        signed: SignedUrl,
        disposition: Option<Disposition>,
        storage_id: String,
    ) -> Self {
        Self {
            url: signed.url,
            expires_at: signed.expires_at.millis(),
            disposition,
            method: signed.method,
            headers: signed.headers.into_iter().collect(),
            storage_id,
        }
    }
}
