//! Signature Version 4: a request is reduced to one canonical text, and the text is authenticated
//! with a key that is good for one day, one region and one service.
//!
//! Source of the rules: "Authenticating Requests (AWS Signature Version 4)" in the S3 API
//! reference. S3 encodes a path once and other services twice: theirs is `/` here.

mod canonical;
#[cfg(test)]
mod tests;

use hmac::{Hmac, KeyInit, Mac};
use or3_domain::clock::Timestamp;
use or3_domain::hex::Hex;
use sha2::{Digest, Sha256};

use crate::credentials::Credentials;
pub use canonical::{encode_path, encode_query};
use canonical::{header_block, header_names};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What stands for the hash of a body that is not signed.
pub const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// What is signed of a request.
pub struct Signable<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, encoded by [`encode_path`].
    pub path: &'a str,
    /// Names and values of the query, not encoded.
    pub query: Vec<(&'a str, String)>,
    /// Names, in lower case, and values of the headers that are signed; `host` is one of them.
    pub headers: Vec<(&'a str, String)>,
}

/// Signs for one service in one region at one moment.
pub struct Signer<'a> {
    /// The key.
    pub credentials: &'a Credentials,
    /// The region.
    pub region: &'a str,
    /// The service, for instance `s3`.
    pub service: &'a str,
    /// The moment.
    pub at: Timestamp,
}

impl Signer<'_> {
    /// The query, encoded, that makes a URL of `request` which works for `seconds`. The body is
    /// not signed: what binds it must be among the headers.
    pub fn presigned(&self, mut request: Signable<'_>, seconds: u64) -> String {
        request.headers.sort_unstable();
        let mut query = vec![
            ("X-Amz-Algorithm", ALGORITHM.to_owned()),
            ("X-Amz-Credential", self.credential()),
            ("X-Amz-Date", self.moment()),
            ("X-Amz-Expires", seconds.to_string()),
            ("X-Amz-SignedHeaders", header_names(&request.headers)),
        ];
        if let Some(token) = &self.credentials.session_token {
            query.push(("X-Amz-Security-Token", token.expose().to_owned()));
        }
        request.query.extend(query);
        let query = encode_query(&request.query);
        let signature = self.signature(&request, &query, UNSIGNED);
        format!("{query}&X-Amz-Signature={signature}")
    }

    /// The headers, those of `request` and further ones, that authenticate it; `payload` is the
    /// hash of its body in hexadecimal, or [`UNSIGNED`].
    pub fn authorized<'r>(
        &self,
        mut request: Signable<'r>,
        payload: &str,
    ) -> Vec<(&'r str, String)> {
        let headers = &mut request.headers;
        headers.push(("x-amz-content-sha256", payload.to_owned()));
        headers.push(("x-amz-date", self.moment()));
        if let Some(token) = &self.credentials.session_token {
            headers.push(("x-amz-security-token", token.expose().to_owned()));
        }
        headers.sort_unstable();
        let query = encode_query(&request.query);
        let signature = self.signature(&request, &query, payload);
        let authorization = format!(
            "{ALGORITHM} Credential={},SignedHeaders={},Signature={signature}",
            self.credential(),
            header_names(&request.headers),
        );
        request.headers.push(("authorization", authorization));
        request.headers
    }

    fn signature(&self, request: &Signable<'_>, query: &str, payload: &str) -> String {
        let canonical = format!(
            "{}\n{}\n{query}\n{}\n{}\n{payload}",
            request.method,
            request.path,
            header_block(&request.headers),
            header_names(&request.headers),
        );
        let digest = Hex(&Sha256::digest(canonical.as_bytes())).to_string();
        let text = format!("{ALGORITHM}\n{}\n{}\n{digest}", self.moment(), self.scope());
        Hex(&mac(&self.key(), &text)).to_string()
    }

    /// The key of this day, region and service.
    fn key(&self) -> [u8; 32] {
        let secret = format!("AWS4{}", self.credentials.secret_access_key.expose());
        let mut key = mac(secret.as_bytes(), &self.day());
        for part in [self.region, self.service, "aws4_request"] {
            key = mac(&key, part);
        }
        key
    }

    fn credential(&self) -> String {
        format!("{}/{}", self.credentials.access_key_id, self.scope())
    }

    fn scope(&self) -> String {
        let (region, service) = (self.region, self.service);
        format!("{}/{region}/{service}/aws4_request", self.day())
    }

    fn day(&self) -> String {
        self.moment()[..8].to_owned()
    }

    /// The moment as `20260101T000000Z`.
    fn moment(&self) -> String {
        let iso = self.at.to_iso();
        let seconds = iso.split('.').next().unwrap_or_default();
        let plain: String = seconds.chars().filter(|c| !"-:".contains(*c)).collect();
        plain + "Z"
    }
}

/// SHA-256 of a body, in hexadecimal.
pub fn payload_hash(body: &[u8]) -> String {
    Hex(&Sha256::digest(body)).to_string()
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
fn mac(key: &[u8], text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}
