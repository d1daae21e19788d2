//! What this process is doing right now: one request, or one event. Log lines name it, and calls to
//! others carry it on, without each function in between passing it along.
//!
//! It is a task-local, as the [`meter`](crate::meter) is: threads and tasks of their own work for
//! nobody in particular.

use std::sync::Arc;

use crate::trace::Trace;

tokio::task_local! {
    static ERRAND: Errand;
}

/// A request or an event.
#[derive(Clone, Debug)]
pub struct Errand {
    /// By what others know it: the request id, or the id of the invocation.
    pub correlation_id: Arc<str>,
    /// Whether it is the first of this process, which pays for its start.
    pub cold_start: bool,
    /// Its step in a trace.
    pub trace: Trace,
    /// The invocation that brought it; `None` outside Lambda.
    pub invocation: Option<InvocationIds>,
}

/// How Lambda calls an invocation.
#[derive(Clone, Debug)]
pub struct InvocationIds {
    /// Its request id.
    pub request_id: Arc<str>,
    /// Its X-Ray header, where Lambda gives one.
    pub xray_trace_id: Option<Arc<str>>,
}

impl Errand {
    /// Does `work` for this errand.
    pub async fn during<F: Future>(self, work: F) -> F::Output {
        ERRAND.scope(self, work).await
    }

    /// What `look` sees of the errand that is under way here, if one is.
    pub fn current<T>(look: impl FnOnce(&Self) -> T) -> Option<T> {
        ERRAND.try_with(look).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SystemIds;

    #[tokio::test]
    async fn an_errand_is_known_while_it_is_done_and_only_there() {
        let errand = |name: &str| Errand {
            correlation_id: name.into(),
            cold_start: false,
            trace: Trace::of(None, None, &SystemIds),
            invocation: None,
        };
        let named = || Errand::current(|errand| errand.correlation_id.to_string());
        assert_eq!(named(), None);
        let both = futures(errand("one"), errand("two"), named).await;
        assert_eq!(both, (Some("one".to_owned()), Some("two".to_owned())));
        assert_eq!(named(), None);
    }

    async fn futures<T>(one: Errand, two: Errand, look: impl Fn() -> T) -> (T, T) {
        let look = async || {
            tokio::task::yield_now().await;
            look()
        };
        tokio::join!(one.during(look()), two.during(look()))
    }
}
