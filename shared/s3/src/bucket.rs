//! A bucket, and signed requests to it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::HeaderName;
use http::{HeaderMap, Method, Request, Response};
use or3_aws::{Credentials, Signable, Signer, UNSIGNED, encode_query, payload_hash};
use or3_domain::clock::{Clock, Timestamp};
use or3_domain::storage::BlobKey;
use or3_domain::store::StoreError;
use or3_outbound::{Body, Client, Destination, Pieces, Repeat};
use or3_settings::S3;

use crate::place::Place;

/// What is wrong with a setting that only this provider can judge: the variable and the cure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSettings(String);

/// One bucket of one deployment.
pub(crate) struct Bucket {
    pub(crate) place: Place,
    pub(crate) credentials: Credentials,
    pub(crate) region: String,
    pub(crate) clock: Arc<dyn Clock>,
    client: Client,
}

/// A request to the bucket.
pub(crate) struct Call<'a> {
    method: Method,
    path: String,
    query: Vec<(&'a str, String)>,
    headers: Vec<(&'a str, String)>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(method: Method, path: String) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            headers: Vec::new(),
        }
    }

    pub(crate) fn query(mut self, name: &'a str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(crate) fn header(mut self, name: &'a str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn headers(mut self, headers: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        self.headers.extend(headers);
        self
    }
}

impl Bucket {
    pub(crate) fn new(settings: &S3, clock: Arc<dyn Clock>) -> Result<Self, InvalidSettings> {
        let place = Place::of(settings);
        let destination = Destination {
            plain_http: place.scheme == "http",
            ..Destination::named("the bucket")
        };
        Ok(Self {
            place,
            credentials: Credentials::of(&settings.credentials).map_err(InvalidSettings)?,
            region: settings.region.clone(),
            clock,
            client: Client::new(destination),
        })
    }

    /// A request about the object of `key`.
    pub(crate) fn object<'a>(&self, method: Method, key: &BlobKey) -> Call<'a> {
        Call::new(method, self.place.object_path(key))
    }

    /// Sends a request without a body, which must be one that changes nothing when it is repeated.
    pub(crate) async fn ask(&self, call: &Call<'_>) -> Result<Response<Bytes>, StoreError> {
        let request = self.request(call, &payload_hash(b""), Bytes::new())?;
        Ok(self.client.fetch(&request, Repeat::Safe).await?)
    }

    /// The same for an answer that is long.
    pub(crate) async fn open(&self, call: &Call<'_>) -> Result<Response<Pieces>, StoreError> {
        let request = self.request(call, &payload_hash(b""), Bytes::new())?;
        Ok(self.client.open(&request, Repeat::Safe).await?)
    }

    /// Sends a request with a body, once.
    pub(crate) async fn send(
        &self,
        call: &Call<'_>,
        body: Body,
    ) -> Result<Response<Pieces>, StoreError> {
        let request = self.request(call, UNSIGNED, body)?;
        Ok(self.client.pour(request).await?)
    }

    fn request<B>(
        &self,
        call: &Call<'_>,
        payload: &str,
        body: B,
    ) -> Result<Request<B>, StoreError> {
        let now = self.clock.now();
        // Ended credentials are trouble that is known before anything is sent.
        self.credentials.lifetime(Duration::MAX, now)?;
        let mut headers = call.headers.clone();
        headers.push(("host", self.place.host.clone()));
        let signable = Signable {
            method: call.method.as_str(),
            path: &call.path,
            query: call.query.clone(),
            headers,
        };
        let signer = self.signer(now);
        let url = self.place.url(&call.path, &encode_query(&call.query));
        let mut request = Request::builder().method(call.method.clone()).uri(url);
        for (name, value) in signer.authorized(signable, payload) {
            request = request.header(name, value);
        }
        let request = request.body(body);
        request.map_err(|error| StoreError::Fault(error.to_string()))
    }

    pub(crate) fn signer(&self, at: Timestamp) -> Signer<'_> {
        Signer {
            credentials: &self.credentials,
            region: &self.region,
            service: "s3",
            at,
        }
    }
}

/// The value of a header, where it is text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
