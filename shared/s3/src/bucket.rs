//! A bucket, and signed requests to it.

use std::sync::Arc;
use std::time::Duration;

use http::header::HeaderName;
use http::{HeaderMap, Method, Request, Response};
use hyper::body::Incoming;
use or3_domain::clock::{Clock, Timestamp};
use or3_domain::storage::BlobKey;
use or3_domain::store::StoreError;
use or3_settings::S3;

use crate::client::{Body, Client, nothing};
use crate::credentials::Credentials;
use crate::place::Place;
use crate::sign::{Signable, Signer, UNSIGNED, empty_payload, encode_query};

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
        let named = |text| InvalidSettings(format!("AWS_CREDENTIAL_EXPIRATION {text}"));
        Ok(Self {
            place: Place::of(settings),
            credentials: Credentials::of(&settings.credentials).map_err(named)?,
            region: settings.region.clone(),
            clock,
            client: Client::default(),
        })
    }

    /// A request about the object of `key`.
    pub(crate) fn object<'a>(&self, method: Method, key: &BlobKey) -> Call<'a> {
        Call::new(method, self.place.object_path(key))
    }

    /// Sends a request without a body, which must be one that changes nothing when it is repeated:
    /// passing trouble gets a second try.
    pub(crate) async fn ask(&self, call: &Call<'_>) -> Result<Response<Incoming>, StoreError> {
        let first = self.attempt(call).await;
        match first {
            Ok(answer) if !answer.status().is_server_error() => Ok(answer),
            Err(StoreError::Fault(text)) => Err(StoreError::Fault(text)),
            _ => self.attempt(call).await,
        }
    }

    async fn attempt(&self, call: &Call<'_>) -> Result<Response<Incoming>, StoreError> {
        let request = self.request(call, &empty_payload(), nothing())?;
        self.client.ask(request).await
    }

    /// Sends a request with a body, once.
    pub(crate) async fn send(
        &self,
        call: &Call<'_>,
        body: Body,
    ) -> Result<Response<Incoming>, StoreError> {
        let request = self.request(call, UNSIGNED, body)?;
        self.client.send(request).await
    }

    fn request(
        &self,
        call: &Call<'_>,
        payload: &str,
        body: Body,
    ) -> Result<Request<Body>, StoreError> {
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
            at,
        }
    }
}

/// The value of a header, where it is text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
