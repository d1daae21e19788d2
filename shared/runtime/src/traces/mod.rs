//! Steps of traces on their way to a collector: OTLP over HTTP, as JSON, by the house's own client
//! (docs/adr/0011).

mod json;
mod queue;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use or3_domain::metrics::metrics;
use or3_domain::steps::record_with;
use or3_outbound::{Client, Destination, Repeat};
use or3_settings::{Environment, Log, Traces};
use tokio::sync::oneshot;

use crate::start::StartError;
use json::Resource;
use queue::Queue;

/// How often the local stack sends what there is, unless there is enough for a batch before.
const EVERY: Duration = Duration::from_secs(5);

/// A collector is near, or it is none: what it does not take at once is lost, and not waited for.
const COLLECTOR: Destination = Destination {
    plain_http: true,
    patience: Duration::from_secs(1),
    deadline: Duration::from_secs(2),
    tries: 1,
    largest: 64 * 1024,
    ..Destination::named("traces")
};

/// Sends steps to a collector.
pub struct Exporter {
    queue: Arc<Queue>,
    client: Client,
    request: Request<()>,
    resource: Resource,
}

impl Exporter {
    /// The exporter that the settings want, which records from now on; `None` where they want none,
    /// or this process has one already.
    ///
    /// # Errors
    ///
    /// Settings that are wrong.
    pub fn of(environment: &Environment) -> Result<Option<Self>, StartError> {
        let (traces, log) = environment.load::<(Traces, Log)>()?;
        let Some(endpoint) = &traces.endpoint else {
            return Ok(None);
        };
        let queue = Arc::<Queue>::default();
        if !record_with(queue.clone(), traces.share) {
            return Ok(None);
        }
        Ok(Some(Self {
            queue,
            client: Client::new(COLLECTOR),
            request: request(endpoint, &traces).map_err(StartError::surroundings)?,
            resource: Resource::of(&log),
        }))
    }

    /// Sends what there is, in batches; what a collector does not take is dropped. Returns when
    /// nothing is left, after three batches at most: two seconds each if the collector is away.
    pub async fn flush(&self) {
        for _ in 0..3 {
            let steps = self.queue.take();
            if steps.is_empty() {
                return;
            }
            let count = steps.len();
            let body = Bytes::from(json::encoded(&self.resource, &steps));
            let (head, ()) = self.request.clone().into_parts();
            let sent = self
                .client
                .fetch(&Request::from_parts(head, body), Repeat::Never)
                .await;
            let refusal = match sent {
                Ok(answer) if answer.status().is_success() => continue,
                Ok(answer) => answer.status().to_string(),
                Err(trouble) => trouble.to_string(),
            };
            metrics().spans_dropped.add(count as u64);
            tracing::warn!(count, error = refusal, "steps of traces are lost");
            return;
        }
    }

    /// Sends what there is again and again until it is `stopped`, and then once more.
    pub async fn keep_sending(self, mut stopped: oneshot::Receiver<()>) {
        loop {
            tokio::select! {
                _handle_dropped = &mut stopped => break,
                () = tokio::time::sleep(EVERY) => {}
                () = self.queue.filled() => {}
            }
            self.flush().await;
        }
        self.flush().await;
    }
}

/// The head of every request.
fn request(endpoint: &str, settings: &Traces) -> Result<Request<()>, http::Error> {
    let mut request = Request::post(format!("{endpoint}/v1/traces")).body(())?;
    let headers = request.headers_mut();
    for (name, value) in &settings.headers {
        let mut value = HeaderValue::from_str(value.expose())?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_bytes(name.as_bytes())?, value);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(request)
}
