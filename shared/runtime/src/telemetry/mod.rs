//! Logs: one line an event, pretty for people, JSON for machines.
//!
//! Lines are written here and not by the usual formatter, because they must hold what is known of
//! the request or event that is under way, must be one line whatever a client has sent, and must
//! show no secret. Spans are not kept: nothing of ours needs them, and to keep none costs nothing.

mod form;
mod json;
mod lines;
mod panics;
mod pretty;
mod redact;
mod text;

use std::io::IsTerminal;

use or3_settings::{Log, LogFormat};

use form::Form;
use lines::Lines;

/// Starts logging to standard error, panics included. A second call in one process does nothing.
///
/// Filters are by level and module; filters by field would bring a regular expression engine,
/// a megabyte in every function.
pub fn telemetry(settings: &Log) {
    let lines = Lines::new(&settings.filter, form(settings));
    if tracing::subscriber::set_global_default(lines).is_ok() {
        panics::log();
    }
}

/// The form that the settings name; without one, it depends on who reads the lines.
fn form(settings: &Log) -> Form {
    let terminal = std::io::stderr().is_terminal();
    let automatic = if terminal {
        LogFormat::Pretty
    } else {
        LogFormat::Json
    };
    match settings.format.unwrap_or(automatic) {
        LogFormat::Pretty => Form::Pretty { colours: terminal },
        LogFormat::Json => Form::json(settings),
    }
}
