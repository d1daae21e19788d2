//! Collection: how often, and how long things stay that nobody uses any more.

use std::time::Duration;

use crate::environment::Section;
use crate::reader::Reader;
use crate::variable::Variable;

/// Windows and intervals of collection.
#[derive(Clone, Copy, Debug)]
pub struct Gc {
    /// How often the local stack collects; `None` never.
    pub interval: Option<Duration>,
    /// How long entries of change logs and the content of deleted rows are kept.
    pub sync_retention: Duration,
    /// How long a device that is not seen any more holds them.
    pub device_expiry: Duration,
    /// Blobs may be removed.
    pub blobs_enabled: bool,
    /// How long blobs that nothing refers to are kept.
    pub blob_retention: Duration,
    /// How long a workspace waits for its next removal by request.
    pub blob_cooldown: Duration,
    /// How long an invite is kept after its end.
    pub invite_retention: Duration,
    /// How long the record of a collection is kept.
    pub run_retention: Duration,
    /// How long an entry of the audit trail is kept.
    pub audit_retention: Duration,
}

const DAY: u64 = 86_400;

/// No shorter than what a request may ask for (sync contract, 15.1).
const WINDOW: std::ops::RangeInclusive<u64> = 3600..=3650 * DAY;

impl Section for Gc {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "OR3_GC_INTERVAL_SECONDS",
            "3600",
            "how often the local stack collects, in seconds, 300 to 86400, the first time at its \
             start; `0` never. On Lambda the schedule of the template says it",
        ),
        Variable::new(
            "OR3_SYNC_RETENTION_SECONDS",
            "31536000",
            "how long entries of change logs and what deleted rows held are kept, in seconds, at \
             least 3600; whoever has less takes a snapshot",
        ),
        Variable::new(
            "OR3_SYNC_DEVICE_EXPIRY_SECONDS",
            "31536000",
            "how long a device that is not seen any more holds them, in seconds, at least 3600",
        ),
        Variable::new(
            "OR3_STORAGE_GC_ENABLED",
            "true",
            "`false` keeps every blob for ever",
        ),
        Variable::new(
            "OR3_STORAGE_GC_RETENTION_SECONDS",
            "2592000",
            "how long a blob is kept that nothing refers to, in seconds; other values than numbers \
             from 0 on mean the default",
        ),
        Variable::new(
            "OR3_STORAGE_GC_COOLDOWN_MS",
            "60000",
            "how long a workspace waits for its next removal of blobs by request, in milliseconds",
        ),
        Variable::new(
            "OR3_GC_INVITE_RETENTION_SECONDS",
            "2592000",
            "how long an invite is kept after its end, in seconds",
        ),
        Variable::new(
            "OR3_GC_RUN_RETENTION_SECONDS",
            "7776000",
            "how long the record of a collection is kept, in seconds, at least a day",
        ),
        Variable::new(
            "OR3_AUDIT_RETENTION_SECONDS",
            "31536000",
            "how long an entry of the audit trail is kept, in seconds, at least 86400",
        ),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            interval: interval(reader),
            sync_retention: reader.seconds("OR3_SYNC_RETENTION_SECONDS", WINDOW, 365 * DAY),
            device_expiry: reader.seconds("OR3_SYNC_DEVICE_EXPIRY_SECONDS", WINDOW, 365 * DAY),
            blobs_enabled: reader.unless_false(&["OR3_STORAGE_GC_ENABLED"]),
            blob_retention: Duration::from_secs(zero_or_more(
                reader,
                "OR3_STORAGE_GC_RETENTION_SECONDS",
                30 * DAY,
            )),
            blob_cooldown: Duration::from_millis(zero_or_more(
                reader,
                "OR3_STORAGE_GC_COOLDOWN_MS",
                60_000,
            )),
            invite_retention: reader.seconds(
                "OR3_GC_INVITE_RETENTION_SECONDS",
                0..=3650 * DAY,
                30 * DAY,
            ),
            run_retention: reader.seconds(
                "OR3_GC_RUN_RETENTION_SECONDS",
                DAY..=3650 * DAY,
                90 * DAY,
            ),
            audit_retention: reader.seconds(
                "OR3_AUDIT_RETENTION_SECONDS",
                DAY..=36_500 * DAY,
                365 * DAY,
            ),
        }
    }
}

/// Numbers from 0 on, rounded down; anything else gives the default (storage contract, 9.2).
fn zero_or_more(reader: &Reader<'_>, name: &str, default: u64) -> u64 {
    let number = reader
        .text(name)
        .and_then(|text| text.trim().parse::<f64>().ok());
    if number.is_some_and(|number| (0.0..1.0).contains(&number)) {
        return 0;
    }
    reader.lenient(name, default)
}

fn interval(reader: &mut Reader<'_>) -> Option<Duration> {
    const NAME: &str = "OR3_GC_INTERVAL_SECONDS";
    if reader.text(NAME).is_some_and(|text| text.trim() == "0") {
        return None;
    }
    Some(reader.seconds(NAME, 300..=DAY, 3600))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    fn read(value: &str) -> Result<Option<Duration>, String> {
        let environment = Environment::of([("OR3_GC_INTERVAL_SECONDS", value)]);
        let section = environment.load::<Gc>();
        section
            .map(|section| section.interval)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_window_of_zero_is_a_window_and_an_odd_one_is_the_default() {
        let window = |value| {
            let environment = Environment::of([("OR3_STORAGE_GC_RETENTION_SECONDS", value)]);
            environment.load::<Gc>().expect("a section").blob_retention
        };
        assert_eq!(window("0"), Duration::ZERO);
        assert_eq!(window("7200.9"), Duration::from_hours(2));
        for odd in ["-1", "soon", "NaN", ""] {
            assert_eq!(window(odd), Duration::from_hours(24 * 30), "{odd}");
        }
    }

    #[test]
    fn the_timer_runs_once_an_hour_unless_it_is_switched_off() {
        assert_eq!(read(""), Ok(Some(Duration::from_hours(1))));
        assert_eq!(read("300"), Ok(Some(Duration::from_mins(5))));
        assert_eq!(read("0"), Ok(None));
        for odd in ["299", "-1", "never"] {
            assert!(
                read(odd).is_err_and(|text| text.contains("between 300")),
                "{odd}"
            );
        }
    }
}
