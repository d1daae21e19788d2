//! [`UrlSigner`] of the s3 provider: URLs of the bucket itself.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::HeaderValue;
use or3_aws::Signable;
use or3_domain::clock::Timestamp;
use or3_domain::storage::filename::content_disposition;
use or3_domain::storage::mime::essence;
use or3_domain::storage::{
    BlobKey, DownloadGrant, SignedUrl, StorageError, TransferError, UploadGrant, UrlSigner,
};
use or3_domain::store::StoreError;
use or3_settings::S3;

use crate::bucket::Bucket;
use crate::digest::binding;
use crate::store::{S3Blobs, glance};

/// Signs URLs by which clients reach the bucket without us. Whoever has one can use it until it
/// expires: S3 knows nobody's session.
#[derive(Clone)]
pub struct S3UrlSigner {
    bucket: Arc<Bucket>,
    url_ttl: Duration,
    /// Uploads of a new blob must find its name free.
    if_none_match: bool,
}

type Headers = Vec<(&'static str, String)>;

impl S3UrlSigner {
    /// A signer of URLs to the bucket of `blobs`.
    pub fn new(blobs: &S3Blobs, settings: &S3) -> Self {
        Self {
            bucket: blobs.bucket(),
            url_ttl: settings.url_ttl,
            if_none_match: settings.if_none_match,
        }
    }

    /// Everything that S3 must find unchanged in the request.
    fn bound(grant: &UploadGrant) -> Result<Headers, StorageError> {
        let mime_type = essence(&grant.mime_type);
        if mime_type.is_empty() || HeaderValue::from_str(&mime_type).is_err() {
            let mime_type = grant.mime_type.clone();
            return Err(StorageError::TypeNotAllowed { mime_type });
        }
        let mut headers = vec![
            ("content-type", mime_type),
            ("content-length", grant.size_bytes.to_string()),
        ];
        headers.extend(binding(grant.key.hash()));
        Ok(headers)
    }

    /// The URL that permits `method` with exactly `headers`.
    fn sign(
        &self,
        (method, key): (&'static str, &BlobKey),
        query: Headers,
        headers: Headers,
        now: Timestamp,
    ) -> Result<SignedUrl, StoreError> {
        let seconds = self.bucket.credentials.lifetime(self.url_ttl, now)?;
        let place = &self.bucket.place;
        let path = place.object_path(key);
        let host = [("host", place.host.clone())];
        let signable = Signable {
            method,
            path: &path,
            query,
            headers: host.into_iter().chain(headers.iter().cloned()).collect(),
        };
        let query = self.bucket.signer(now).presigned(signable, seconds);
        let owned = headers.into_iter();
        Ok(SignedUrl {
            url: place.url(&path, &query),
            method,
            headers: owned
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            // S3 counts from the whole second that the signature names.
            expires_at: Timestamp::from_seconds(now.seconds()).plus(Duration::from_secs(seconds)),
        })
    }
}

#[async_trait]
impl UrlSigner for S3UrlSigner {
    /// Asks the bucket, where uploads must find the name free: what is there already is permitted
    /// to be sent again, so that a client whose first attempt lost its answer comes through.
    async fn sign_upload(
        &self,
        grant: &UploadGrant,
        now: Timestamp,
    ) -> Result<SignedUrl, TransferError> {
        let mut headers = Self::bound(grant)?;
        if self.if_none_match && glance(&self.bucket, &grant.key).await?.is_none() {
            headers.push(("if-none-match", "*".to_owned()));
        }
        Ok(self.sign(("PUT", &grant.key), Vec::new(), headers, now)?)
    }

    async fn sign_download(
        &self,
        grant: &DownloadGrant,
        now: Timestamp,
    ) -> Result<SignedUrl, TransferError> {
        let disposition = content_disposition(grant.disposition, &grant.filename);
        let answer = vec![
            ("response-cache-control", "private, no-store".to_owned()),
            ("response-content-disposition", disposition),
            ("response-content-type", grant.mime_type.clone()),
        ];
        Ok(self.sign(("GET", &grant.key), answer, Vec::new(), now)?)
    }
}
