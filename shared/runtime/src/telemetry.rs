//! Logs: one line an event, pretty for people, JSON for machines.

use std::io::IsTerminal;

use or3_settings::{Log, LogFormat};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, fmt, registry};

/// Starts logging to standard error. A second call in one process does nothing.
///
/// Filters are by level and module; filters by field would bring a regular expression engine,
/// a megabyte in every function.
pub fn telemetry(settings: &Log) {
    let info = || Targets::new().with_default(tracing_subscriber::filter::LevelFilter::INFO);
    let filter = settings.filter.parse().unwrap_or_else(|_| info());
    let lines = lines(settings.format).with_filter(filter);
    let _already_started = registry().with(lines).try_init();
}

/// Lines in `format`; without one, it depends on who reads them.
fn lines(format: Option<LogFormat>) -> Box<dyn Layer<Registry> + Send + Sync> {
    let terminal = std::io::stderr().is_terminal();
    let automatic = if terminal {
        LogFormat::Pretty
    } else {
        LogFormat::Json
    };
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    match format.unwrap_or(automatic) {
        LogFormat::Pretty => lines.with_ansi(terminal).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    }
}
