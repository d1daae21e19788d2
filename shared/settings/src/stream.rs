//! The event stream of sync.

use std::time::Duration;

use crate::database::{Database, DatabaseUrl};
use crate::environment::Section;
use crate::reader::Reader;
use crate::variable::Variable;

/// How event streams keep time.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// How long a stream is silent before it says that it is still there; also how long somebody
    /// who has lost access may go on hearing of new versions.
    pub heartbeat: Duration,
    /// How long a stream lasts; clients open another.
    pub lifetime: Duration,
    /// How long a version that another process wrote may go unnoticed.
    pub poll: Duration,
}

impl Section for Stream {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "OR3_SYNC_STREAM_HEARTBEAT_MS",
            "15000",
            "pause between two signs of life of an event stream, in milliseconds; at each the \
             permission is checked again",
        ),
        Variable::new(
            "OR3_SYNC_STREAM_LIFETIME_MS",
            "300000",
            "how long an event stream lasts before the client opens another, in milliseconds; on \
             Lambda less than the function's timeout",
        ),
        Variable::new(
            "OR3_SYNC_STREAM_POLL_MS",
            "1000, or 5000 with a libSQL server",
            "how often a process with open event streams looks for versions that others wrote, in \
             milliseconds: one read for all its streams",
        ),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let poll = match Database::read(reader).url {
            DatabaseUrl::File(_) => 1000,
            DatabaseUrl::Server { .. } => 5000,
        };
        Self {
            heartbeat: reader.millis("OR3_SYNC_STREAM_HEARTBEAT_MS", 100..=60_000, 15_000),
            lifetime: reader.millis("OR3_SYNC_STREAM_LIFETIME_MS", 1000..=890_000, 300_000),
            poll: reader.millis("OR3_SYNC_STREAM_POLL_MS", 50..=60_000, poll),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    #[test]
    fn a_server_far_away_is_asked_less_often() {
        let poll = |url| {
            let environment = Environment::of([("OR3_DATABASE_URL", url)]);
            environment.load::<Stream>().expect("a section").poll
        };
        assert_eq!(poll("file:or3.db"), Duration::from_secs(1));
        assert_eq!(poll("https://db.example"), Duration::from_secs(5));
    }
}
