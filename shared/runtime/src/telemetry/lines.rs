//! Which events become lines, and where lines go.

use std::io::Write;

use or3_domain::clock::{Clock, SystemClock};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::Layer;

use super::form::Form;

/// Writes each event that passes the filter as one line, in one piece.
pub(super) struct Lines {
    filter: Targets,
    form: Form,
}

/// Crates of others that show, below `info`, what came in: whole events of Lambda, bodies that
/// could not be read, headers. Nobody needs them to run this, and no filter lets them pass.
const DISCREET: [&str; 6] = [
    "axum",
    "hyper",
    "hyper_util",
    "lambda_runtime",
    "lambda_runtime_api_client",
    "tower",
];

impl Lines {
    /// Lines in `form` of what passes `filter`, `info` if that cannot be read.
    pub(super) fn new(filter: &str, form: Form) -> Self {
        let info = || Targets::new().with_default(LevelFilter::INFO);
        Self {
            filter: filter.parse().unwrap_or_else(|_| info()),
            form,
        }
    }

    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        let (target, level) = (metadata.target(), metadata.level());
        let owner = target.split("::").next().unwrap_or_default();
        let told = *level <= Level::INFO || !DISCREET.contains(&owner);
        metadata.is_event() && told && self.filter.would_enable(target, level)
    }
}

impl Subscriber for Lines {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.wants(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Layer::<Self>::max_level_hint(&self.filter)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.wants(metadata)
    }

    fn event(&self, event: &Event<'_>) {
        let line = self.form.line(event, SystemClock.now());
        // There is nowhere else to say that standard error is gone.
        let _nobody_reads = std::io::stderr().lock().write_all(line.as_bytes());
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use or3_domain::clock::Timestamp;

    /// Lines that are kept instead of written.
    struct Kept {
        lines: Lines,
        kept: Arc<Mutex<Vec<String>>>,
    }

    impl Subscriber for Kept {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            self.lines.enabled(metadata)
        }
        fn event(&self, event: &Event<'_>) {
            let now = Timestamp::from_millis(1_767_225_600_007);
            let line = self.lines.form.line(event, now);
            self.kept.lock().expect("sound").push(line);
        }
        fn new_span(&self, span: &Attributes<'_>) -> Id {
            self.lines.new_span(span)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    /// The lines that `work` logs.
    pub(in crate::telemetry) fn logged(
        filter: &str,
        form: Form,
        work: impl FnOnce(),
    ) -> Vec<String> {
        let kept = Arc::<Mutex<Vec<String>>>::default();
        let subscriber = Kept {
            lines: Lines::new(filter, form),
            kept: Arc::clone(&kept),
        };
        tracing::subscriber::with_default(subscriber, work);
        let lines = kept.lock().expect("sound");
        lines.clone()
    }

    #[test]
    fn a_filter_is_by_level_and_by_module() {
        let lines = logged(
            "warn,or3_quiet=error,or3_loud=trace",
            Form::default(),
            || {
                tracing::info!("not this");
                tracing::warn!("this");
                tracing::warn!(target: "or3_quiet::part", "nor this");
                tracing::trace!(target: "or3_loud", "and this");
            },
        );
        let said = |text| lines.iter().filter(|line| line.contains(text)).count();
        assert_eq!(
            (lines.len(), said("\"this\""), said("\"and this\"")),
            (2, 1, 1)
        );
    }

    #[test]
    fn what_other_peoples_crates_see_of_requests_passes_no_filter() {
        let lines = logged(
            "trace,lambda_runtime=trace,hyper=trace",
            Form::default(),
            || {
                tracing::trace!(target: "lambda_runtime::layers::api_response", body = "secret", "raw");
                tracing::debug!(target: "hyper::proto", "secret");
                tracing::trace!(target: "axum::rejection", body = "secret", "rejected");
                tracing::error!(target: "lambda_runtime", "trouble");
                let _span = tracing::error_span!("nor spans", secret = "secret").entered();
            },
        );
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains("trouble"), "{lines:?}");
    }
}
