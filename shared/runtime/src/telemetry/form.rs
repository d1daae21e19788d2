//! From an event to a line.

use or3_domain::clock::Timestamp;
use or3_settings::Log;
use tracing::Event;

use super::{json, pretty};

/// The form of lines.
pub(super) enum Form {
    /// One JSON object, with the keys that Powertools for AWS Lambda give theirs.
    Json {
        /// What all lines of this process say, as members: `"service":"…",…,` or nothing.
        everywhere: String,
    },
    /// For people.
    Pretty {
        /// Levels have colours.
        colours: bool,
    },
}

impl Form {
    /// JSON that names the service and the function.
    pub(super) fn json(settings: &Log) -> Self {
        let mut everywhere = String::new();
        json::text(&mut everywhere, "service", &settings.service);
        json::text(&mut everywhere, "function_name", &settings.function_name);
        if let Some(memory) = settings.function_memory_mb {
            json::raw(&mut everywhere, "function_memory_size", memory);
        }
        Self::Json { everywhere }
    }

    /// The line of `event`, its end included.
    pub(super) fn line(&self, event: &Event<'_>, now: Timestamp) -> String {
        match self {
            Self::Json { everywhere } => json::line(event, now, everywhere),
            Self::Pretty { colours } => pretty::line(event, now, *colours),
        }
    }
}

#[cfg(test)]
impl Default for Form {
    fn default() -> Self {
        Self::Json {
            everywhere: String::new(),
        }
    }
}
