//! A call: its tries, its pauses, its deadline, and what its end says of the destination.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use or3_domain::clock::Timestamp;
use or3_domain::steps::{Begun, Kind};

use super::Client;
use crate::answer::Answer;
use crate::circuit::Admitted;
use crate::counts::count;
use crate::destination::Repeat;
use crate::retry::{backoff, is_passing, retry_after};
use crate::trouble::Trouble;

/// A call that the circuit let pass. One that is dropped before its end says nothing.
pub(super) struct Permit<'a> {
    client: &'a Client,
    admitted: Admitted,
    settled: bool,
}

/// What an outcome says of the destination.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Health {
    Well,
    Ill,
    Unclear,
}

impl Client {
    pub(super) async fn call<A: Answer>(
        &self,
        request: &Request<Bytes>,
        repeat: Repeat,
    ) -> Result<A, Trouble> {
        self.check(request.uri())?;
        let permit = self.permit()?;
        let after = self.destination.deadline;
        let tries = self.tries(request, repeat, permit.admitted);
        let outcome = self.recorded(tokio::time::timeout(after, tries), |outcome| {
            let answer = outcome
                .as_ref()
                .ok()
                .and_then(|answer| answer.as_ref().ok());
            answer.map(Answer::status)
        });
        let outcome = outcome.await.unwrap_or_else(|_| {
            let name = self.destination.name;
            Err(Trouble::Late { name, after })
        });
        permit.settle(&outcome);
        outcome
    }

    /// Does `work` as a step of the trace of whoever is asking, where somebody records that.
    pub(super) async fn recorded<T>(
        &self,
        work: impl Future<Output = T>,
        status: impl FnOnce(&T) -> Option<StatusCode>,
    ) -> T {
        let Some(begun) = Begun::here(&*self.ids) else {
            return work.await;
        };
        let outcome = begun.errand().during(work).await;
        let status = status(&outcome);
        let facts = status.map(|status| ("http.response.status_code", status.as_u16().into()));
        let failed = status.is_none_or(|status| status.is_server_error());
        begun.end(
            Kind::Client,
            self.destination.name,
            failed,
            facts.into_iter().collect(),
        );
        outcome
    }

    pub(super) fn permit(&self) -> Result<Permit<'_>, Trouble> {
        let Some(admitted) = self.record.circuit.admit(self.clock.now()) else {
            count(&self.record.refused);
            return Err(Trouble::NotSent {
                name: self.destination.name,
                cause: "it failed again and again, and is left alone for a moment".to_owned(),
            });
        };
        Ok(Permit {
            client: self,
            admitted,
            settled: false,
        })
    }

    async fn tries<A: Answer>(
        &self,
        request: &Request<Bytes>,
        repeat: Repeat,
        admitted: Admitted,
    ) -> Result<A, Trouble> {
        let began = self.clock.now();
        // Who looks whether it is back looks once.
        let most = match admitted {
            Admitted::Usual => self.destination.tries,
            Admitted::Probe => 1,
        };
        let mut tried = 1;
        loop {
            let outcome = self.attempt(request).await;
            let pause = (tried < most)
                .then(|| self.pause(&outcome, repeat, tried, began))
                .flatten();
            let Some(pause) = pause else { return outcome };
            let cause = outcome.as_ref().err().map(ToString::to_string);
            tracing::warn!(
                to = self.destination.name,
                tried,
                ?pause,
                cause,
                "a request is repeated"
            );
            self.pauses.pause(pause).await;
            count(&self.record.retries);
            tried += 1;
        }
    }

    async fn attempt<A: Answer>(&self, request: &Request<Bytes>) -> Result<A, Trouble> {
        A::of(self.ask(request).await?).await
    }

    /// How long to wait before the same request is sent again; `None` when it is not.
    fn pause<A: Answer>(
        &self,
        outcome: &Result<A, Trouble>,
        repeat: Repeat,
        tried: u32,
        began: Timestamp,
    ) -> Option<Duration> {
        let now = self.clock.now();
        let asked_for = match outcome {
            Err(Trouble::NotSent { .. }) => Duration::ZERO,
            _ if repeat == Repeat::Never => return None,
            // A kept connection that had ended meanwhile: another one is tried at once.
            Err(Trouble::Unknown { .. }) if tried == 1 => return Some(Duration::ZERO),
            Err(Trouble::Unknown { .. } | Trouble::Late { .. }) => Duration::ZERO,
            Ok(answer) if self.says_later(answer) => retry_after(answer.headers(), now),
            Ok(_) | Err(_) => return None,
        };
        let pause = asked_for + backoff(tried, &*self.ids);
        (now.plus(pause) < began.plus(self.destination.deadline)).then_some(pause)
    }

    fn says_later<A: Answer>(&self, answer: &A) -> bool {
        let status = answer.status();
        is_passing(status) || (self.destination.says_later)(status, answer.seen())
    }
}

impl Permit<'_> {
    pub(super) fn settle<A: Answer>(mut self, outcome: &Result<A, Trouble>) {
        let record = &self.client.record;
        let now = self.client.clock.now();
        if match outcome {
            Ok(answer) => self.client.says_later(answer),
            Err(_) => true,
        } {
            count(&record.failures);
        }
        self.settled = match health(outcome) {
            Health::Unclear => false,
            Health::Well => {
                record.circuit.succeeded();
                true
            }
            Health::Ill => {
                if record.circuit.failed(self.admitted, now) {
                    record.openings.fetch_add(1, Ordering::Relaxed);
                    let to = self.client.destination.name;
                    tracing::error!(to, "a neighbour failed again and again: it is left alone");
                }
                true
            }
        };
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !self.settled {
            let now = self.client.clock.now();
            self.client.record.circuit.gave_up(self.admitted, now);
        }
    }
}

/// An answer below 500 is one of a destination that works, whatever it says.
fn health<A: Answer>(outcome: &Result<A, Trouble>) -> Health {
    match outcome {
        Ok(answer) if answer.status().is_server_error() => Health::Ill,
        Ok(_) | Err(Trouble::TooLong { .. }) => Health::Well,
        Err(Trouble::NotSent { .. } | Trouble::Unknown { .. } | Trouble::Late { .. }) => {
            Health::Ill
        }
        Err(Trouble::Unusable(_) | Trouble::BrokenOff) => Health::Unclear,
    }
}
