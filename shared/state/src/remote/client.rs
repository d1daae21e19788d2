//! The HTTP side: pipelines to one server.

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, StatusCode, Uri};
use or3_domain::store::StoreError;
use or3_outbound::{Client as Http, Destination, Repeat};
use or3_settings::Secret;

use super::failure;

/// How a server is asked. It ends transactions after five seconds, so what lasts longer than
/// fifteen has gone astray; what comes back is rows of one page.
const ASKED: Destination = Destination {
    patience: Duration::from_secs(15),
    deadline: Duration::from_secs(15),
    largest: 64 * 1024 * 1024,
    ..Destination::named("the database server")
};

/// Sends pipelines to one server.
pub(crate) struct Client {
    pipeline: Uri,
    token: Option<HeaderValue>,
    http: Http,
}

impl Client {
    /// A client of the server at `url`, with scheme `http` or `https`.
    ///
    /// # Errors
    ///
    /// A sentence, when the address or the token cannot be used at all.
    pub(crate) fn new(url: &str, token: Option<&Secret>) -> Result<Self, String> {
        Self::with(url, token, ASKED)
    }

    /// The same, asked in another way: for tests that use up its patience.
    pub(super) fn with(
        url: &str,
        token: Option<&Secret>,
        asked: Destination,
    ) -> Result<Self, String> {
        let base = url.split('?').next().unwrap_or(url).trim_end_matches('/');
        let pipeline: Uri = format!("{base}/v3/pipeline")
            .parse()
            .map_err(|error| format!("is not an address ({error})"))?;
        if pipeline.host().is_none_or(str::is_empty) {
            return Err("names no host".to_owned());
        }
        let destination = Destination {
            plain_http: pipeline.scheme_str() == Some("http"),
            ..asked
        };
        Ok(Self {
            pipeline,
            token: token.map(bearer).transpose()?,
            http: Http::new(destination),
        })
    }

    /// Sends one pipeline and returns the body of the answer.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when there is no answer: unless `repeat` said that it does not
    /// matter, the server may have done what was asked, or not. Otherwise what the server refuses.
    pub(super) async fn post(&self, body: Bytes, repeat: Repeat) -> Result<Bytes, StoreError> {
        let answer = self.http.fetch(&self.request(body)?, repeat).await?;
        match answer.status() {
            StatusCode::OK => Ok(answer.into_body()),
            status => Err(failure::of_status(status)),
        }
    }

    fn request(&self, body: Bytes) -> Result<Request<Bytes>, StoreError> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.pipeline.clone())
            .header(CONTENT_TYPE, "application/json");
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token);
        }
        let request = request.body(body);
        request.map_err(|error| StoreError::Fault(error.to_string()))
    }
}

fn bearer(token: &Secret) -> Result<HeaderValue, String> {
    let value = HeaderValue::try_from(format!("Bearer {}", token.expose()));
    let mut value = value.map_err(|_| "has a token that no header can carry".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pipeline_stands_below_whatever_path_the_address_has() {
        for (url, pipeline) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v3/pipeline"),
            (
                "https://db.example/tenant/",
                "https://db.example/tenant/v3/pipeline",
            ),
            ("https://db.example?tls=1", "https://db.example/v3/pipeline"),
        ] {
            let client = Client::new(url, None).expect(url);
            assert_eq!(client.pipeline.to_string(), pipeline);
        }
    }

    #[test]
    fn what_is_no_address_or_token_is_said_before_anything_is_sent() {
        assert!(Client::new("http://", None).is_err());
        assert!(Client::new("http://a b", None).is_err());
        let token = Secret::new("two\nlines");
        assert!(Client::new("http://db.example", Some(&token)).is_err());
    }
}
