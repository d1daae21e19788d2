//! Sending.

mod call;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{Request, Response, Uri};
use or3_domain::clock::{Clock, SystemClock};
use or3_domain::errand::Errand;
use or3_domain::ids::{Ids, SystemIds};

use crate::answer::{Pieces, in_time, pieces};
use crate::body::{Body, BrokenOff, whole};
use crate::counts::{Counts, Record, count};
use crate::destination::{Destination, Repeat};
use crate::pool::Pool;
use crate::retry::{Pauses, RealPauses};
use crate::trouble::{Trouble, chain, is_caused_by};

/// Where a neighbour reads which trace a request belongs to (W3C Trace Context, 3.2).
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Calls one destination. Nothing is sent, and no connection made, before the first call.
pub struct Client {
    destination: Destination,
    pool: Pool,
    record: Arc<Record>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    pauses: Box<dyn Pauses>,
}

impl Client {
    /// A client of `destination`.
    pub fn new(destination: Destination) -> Self {
        Self {
            record: Record::of(destination.name),
            destination,
            pool: Pool::default(),
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            pauses: Box::new(RealPauses),
        }
    }

    /// Calls and reads the answer as a whole, whatever its status.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when there is no whole answer in time, or it is larger than the destination's
    /// limit.
    pub async fn fetch(
        &self,
        request: &Request<Bytes>,
        repeat: Repeat,
    ) -> Result<Response<Bytes>, Trouble> {
        self.call(request, repeat).await
    }

    /// Calls and reads the head of the answer, whatever its status; the rest is read by the caller.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when there is no head in time.
    pub async fn open(
        &self,
        request: &Request<Bytes>,
        repeat: Repeat,
    ) -> Result<Response<Pieces>, Trouble> {
        self.call(request, repeat).await
    }

    /// Sends a body that comes at its sender's pace, once; the answer's head may take as long as
    /// the body takes.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when there is no head; [`Trouble::BrokenOff`] when the sender gave up.
    pub async fn pour(&self, request: Request<Body>) -> Result<Response<Pieces>, Trouble> {
        self.check(request.uri())?;
        let permit = self.permit()?;
        let outcome = self.recorded(self.exchange(request), |outcome| {
            outcome.as_ref().ok().map(Response::status)
        });
        let outcome = outcome.await;
        permit.settle(&outcome);
        outcome
    }

    /// What was counted of this client.
    pub fn counts(&self) -> Counts {
        self.record.counts()
    }

    fn check(&self, uri: &Uri) -> Result<(), Trouble> {
        match uri.scheme_str() {
            Some("https") => Ok(()),
            Some("http") if self.destination.plain_http => Ok(()),
            _ => {
                let text = format!("{} must be reached by https://", self.destination.name);
                Err(Trouble::Unusable(text))
            }
        }
    }

    /// One exchange, the answer's head included.
    async fn exchange(&self, mut request: Request<Body>) -> Result<Response<Pieces>, Trouble> {
        let http = self.pool.at(self.clock.now())?;
        // No signature of AWS covers it.
        let parent = Errand::current(|errand| errand.trace.traceparent());
        if let Some(parent) = parent.and_then(|parent| HeaderValue::try_from(parent).ok()) {
            request.headers_mut().insert(TRACEPARENT, parent);
        }
        count(&self.record.requests);
        let answer = http.request(request).await;
        self.pool.used(self.clock.now());
        let answer = answer.map_err(|error| self.sort(&error, error.is_connect()));
        if let Err(Trouble::Unknown { .. }) = answer {
            self.pool.forget();
        }
        Ok(pieces(answer?, &self.destination))
    }

    /// One exchange within the destination's patience.
    async fn ask(&self, request: &Request<Bytes>) -> Result<Response<Pieces>, Trouble> {
        let request = request.clone().map(whole);
        in_time(&self.destination, self.exchange(request)).await?
    }

    fn sort(&self, error: &(dyn std::error::Error + 'static), connecting: bool) -> Trouble {
        let (name, cause) = (self.destination.name, chain(error));
        if is_caused_by::<BrokenOff>(error) {
            Trouble::BrokenOff
        } else if connecting {
            Trouble::NotSent { name, cause }
        } else {
            Trouble::Unknown { name, cause }
        }
    }
}
