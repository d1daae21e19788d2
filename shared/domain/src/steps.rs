//! Steps of traces that somebody records. Nobody does unless a deployment says where to; then a
//! process has one [`Recorder`], as it has one log.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::clock::{Clock, SystemClock, Timestamp};
use crate::errand::Errand;
use crate::ids::Ids;
use crate::trace::Trace;

/// A step that is over.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where it stands in its trace.
    pub trace: Trace,
    /// What kind of step it is.
    pub kind: Kind,
    /// What it is called: a name of this build, never what a client sent.
    pub name: Cow<'static, str>,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// Whether it failed by a fault of ours or of a neighbour.
    pub failed: bool,
    /// What else is known of it.
    pub facts: Vec<(&'static str, Fact)>,
}

/// A kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Answering a request.
    Server,
    /// Asking a neighbour.
    Client,
    /// Doing what an event asks for.
    Consumer,
}

/// Something that is known of a step; never a secret, an address of a person or a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A text.
    Text(Cow<'static, str>),
    /// A number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

/// Keeps steps for whoever reads traces.
pub trait Recorder: Send + Sync {
    /// Takes a step. Never waits: what finds no room is dropped and counted.
    fn record(&self, step: Step);
}

/// The recorder, and the share of new traces that it gets.
type Recording = (Arc<dyn Recorder>, f64);

static RECORDING: OnceLock<Recording> = OnceLock::new();

/// Lets `recorder` have a `share` (0 to 1) of the traces that begin here, and those of whoever asks
/// for it. A process has one recorder: says whether it is this one.
pub fn record_with(recorder: Arc<dyn Recorder>, share: f64) -> bool {
    RECORDING.set((recorder, share)).is_ok()
}

/// `trace`, with the decision whether it is recorded; without a recorder, as it is.
#[must_use]
pub fn decided(trace: Trace) -> Trace {
    let sampled = RECORDING.get().map(|(_, share)| trace.is_recorded(*share));
    Trace {
        sampled: sampled.or(trace.sampled),
        ..trace
    }
}

/// Whoever records steps of `trace`.
pub fn recorder_of(trace: &Trace) -> Option<&'static dyn Recorder> {
    let recording = RECORDING.get().filter(|_| trace.sampled == Some(true));
    recording.map(|(recorder, _)| &**recorder)
}

/// A step within the errand that is under way here, until it is ended. One that is dropped was
/// given up, and is not recorded.
pub struct Begun {
    errand: Errand,
    recorder: &'static dyn Recorder,
    since: Instant,
}

impl Begun {
    /// Begins a step; `None` where nobody records it.
    pub fn here(ids: &dyn Ids) -> Option<Self> {
        let recorder = Errand::current(|errand| recorder_of(&errand.trace))??;
        let errand = Errand::current(Errand::clone)?;
        Some(Self {
            errand: Errand {
                trace: errand.trace.child(ids),
                ..errand
            },
            recorder,
            since: Instant::now(),
        })
    }

    /// The errand as whoever works within this step sees it.
    pub fn errand(&self) -> Errand {
        self.errand.clone()
    }

    /// Ends it.
    pub fn end(
        self,
        kind: Kind,
        name: impl Into<Cow<'static, str>>,
        failed: bool,
        facts: Vec<(&'static str, Fact)>,
    ) {
        self.recorder.record(Step {
            trace: self.errand.trace,
            kind,
            name: name.into(),
            ended_at: SystemClock.now(),
            duration: self.since.elapsed(),
            failed,
            facts,
        });
    }
}

impl From<&'static str> for Fact {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Fact {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<u32> for Fact {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u16> for Fact {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

impl From<bool> for Fact {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::ids::SystemIds;

    #[derive(Default)]
    struct Kept(Mutex<Vec<Step>>);

    impl Recorder for Kept {
        fn record(&self, step: Step) {
            self.0.lock().expect("sound").push(step);
        }
    }

    fn errand(traceparent: Option<&str>) -> Errand {
        Errand {
            correlation_id: "asked".into(),
            cold_start: false,
            trace: decided(Trace::of(traceparent, None, &SystemIds)),
            invocation: None,
        }
    }

    /// All facts in one test, since a process has one recorder.
    #[tokio::test]
    async fn steps_are_recorded_by_one_recorder_and_by_the_traces_own_word() {
        assert!(errand(None).trace.sampled.is_none(), "nobody decides");
        let kept = Arc::<Kept>::default();
        assert!(record_with(kept.clone(), 0.0));
        assert!(!record_with(Arc::<Kept>::default(), 1.0), "there is one");
        assert_eq!(
            errand(None).trace.sampled,
            Some(false),
            "a share of nothing"
        );
        assert!(Begun::here(&SystemIds).is_none(), "outside an errand");

        let wanted = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let outer = errand(Some(wanted));
        let inner = outer.clone().during(async {
            let begun = Begun::here(&SystemIds).expect("it is recorded");
            let inner = begun.errand();
            begun.end(Kind::Client, "libSQL", true, vec![("tries", 2_u32.into())]);
            inner
        });
        let inner = inner.await;
        let steps = kept.0.lock().expect("sound").clone();
        let [step] = &steps[..] else {
            panic!("one step: {steps:?}")
        };
        assert_eq!(step.trace, inner.trace);
        assert_eq!(step.trace.parent, Some(outer.trace.span_id));
        assert_eq!((step.kind, step.failed), (Kind::Client, true));
        assert_eq!(step.facts, [("tries", Fact::Number(2))]);

        let unwanted = errand(Some(&wanted.replace("-01", "-00")));
        let begun = unwanted.during(async { Begun::here(&SystemIds).is_none() });
        assert!(begun.await);
    }
}
