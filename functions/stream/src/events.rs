//! The events of one stream.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::Event;
use futures_util::Stream;
use futures_util::stream::unfold;
use or3_domain::access::Permission;
use or3_domain::sync::Listener;
use or3_http::Caller;
use tokio::time::{Instant, sleep_until};

use crate::place::Place;
use crate::question::Question;
use crate::{Ports, Watch};

/// How soon a client opens another stream after one has ended.
const PAUSE: Duration = Duration::from_secs(1);

/// A stream that is open.
pub(crate) struct Events {
    watch: Arc<Watch>,
    caller: Caller,
    listener: Listener,
    place: Place,
    workspace: String,
    /// The version that the client knows of.
    told: i64,
    heartbeat: Duration,
    beat: Instant,
    end: Instant,
}

/// What happens next.
enum Step {
    Version(i64),
    Beat,
    End,
}

impl Events {
    pub(crate) fn new(
        ports: &Ports,
        caller: Caller,
        listener: Listener,
        place: Place,
        question: Question,
    ) -> Self {
        let (now, timing) = (Instant::now(), ports.timing);
        Self {
            watch: Arc::clone(&ports.watch),
            caller,
            listener,
            place,
            workspace: question.workspace,
            told: question.cursor,
            heartbeat: timing.heartbeat,
            beat: now + timing.heartbeat,
            end: now + timing.lifetime,
        }
    }

    /// The events: versions as they come, a comment in every silence, and at the end how soon to
    /// come back.
    pub(crate) fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        unfold(Some(self), async |events| {
            let mut events = events?;
            let step = events.step().await;
            let event = match step {
                Step::Version(head) => version(head),
                Step::Beat => Event::default().comment("still here"),
                Step::End => {
                    events.place.leave().await;
                    return Some((Ok(Event::default().retry(PAUSE)), None));
                }
            };
            Some((Ok(event), Some(events)))
        })
    }

    async fn step(&mut self) -> Step {
        loop {
            tokio::select! {
                biased;
                () = sleep_until(self.end) => return Step::End,
                () = sleep_until(self.beat) => return self.beat().await,
                head = self.listener.beyond(self.told) => {
                    let Some(head) = head else { return Step::End };
                    self.told = head;
                    return Step::Version(head);
                }
                () = self.watch.due() => self.watch.look().await,
            }
        }
    }

    /// Whoever may not read any more, or cannot be asked about, hears no more.
    async fn beat(&mut self) -> Step {
        self.beat = Instant::now() + self.heartbeat;
        let permission = Permission::WorkspaceRead;
        match self.caller.may_still(permission, &self.workspace).await {
            Ok(true) => Step::Beat,
            Ok(false) => Step::End,
            Err(error) => {
                tracing::warn!(error = error.message(), "a stream ends unchecked");
                Step::End
            }
        }
    }
}

fn version(head: i64) -> Event {
    Event::default()
        .event("version")
        .id(head.to_string())
        .data(format!(r#"{{"serverVersion":{head}}}"#))
}
