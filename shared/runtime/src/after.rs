//! What a function says once an answer is out and before it asks for the next invocation: while it
//! is frozen in between, nothing of it runs.

use std::io::Write;

use or3_domain::clock::{Clock, SystemClock};
use or3_domain::metrics::metrics;
use or3_settings::{Environment, Log, Metrics};

use crate::emf::Emf;
use crate::start::StartError;
use crate::traces::Exporter;

/// Says what was counted, and sends the steps of traces.
pub(crate) struct After {
    emf: Option<Emf>,
    exporter: Option<Exporter>,
}

impl After {
    /// What the settings want to be said.
    pub(crate) fn of(environment: &Environment) -> Result<Self, StartError> {
        let (log, metrics) = environment.load::<(Log, Metrics)>()?;
        Ok(Self {
            emf: Emf::of(&metrics, &log),
            exporter: Exporter::of(environment)?,
        })
    }

    /// Says what there is to say since the last time. The answer is out: its client does not wait,
    /// but the time is paid.
    pub(crate) async fn say(&self) {
        if let Some(exporter) = &self.exporter {
            exporter.flush().await;
        }
        let Some(emf) = &self.emf else { return };
        let lines = emf.lines(metrics(), &or3_outbound::counts(), SystemClock.now());
        // Numbers have no other way out; the log, on standard error, goes on.
        let _nobody_reads = std::io::stdout().lock().write_all(lines.as_bytes());
    }
}
