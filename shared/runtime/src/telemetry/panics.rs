//! Panics as log lines.

use std::panic::{PanicHookInfo, set_hook};

/// Logs each panic once, where it happens, in the place of several lines of plain text.
pub(super) fn log() {
    set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string);
        tracing::error!(at, why = why(panic), "a panic");
    }));
}

/// What the code says of it. A text that was put together may hold what a client sent: it is left
/// out, and the place says enough.
fn why(panic: &PanicHookInfo<'_>) -> Option<&'static str> {
    panic.payload().downcast_ref::<&'static str>().copied()
}
