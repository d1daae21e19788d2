//! Logs: one line an event, pretty for people, JSON for machines.

use std::io::IsTerminal;

use or3_settings::{Log, LogFormat};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// Starts logging to standard error. A second call in one process does nothing.
pub fn telemetry(settings: &Log) {
    let filter = EnvFilter::try_new(&settings.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let terminal = std::io::stderr().is_terminal();
    let automatic = if terminal {
        LogFormat::Pretty
    } else {
        LogFormat::Json
    };
    let _already_started = match settings.format.unwrap_or(automatic) {
        LogFormat::Pretty => builder.with_ansi(terminal).with_target(false).try_init(),
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_target(false)
            .try_init(),
    };
}
