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
    /// How long an invite is kept after its end.
    pub invite_retention: Duration,
    /// How long the record of a collection is kept.
    pub run_retention: Duration,
}

const DAY: u64 = 86_400;

impl Section for Gc {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "OR3_GC_INTERVAL_SECONDS",
            "3600",
            "how often the local stack collects, in seconds, 300 to 86400, the first time at its \
             start; `0` never. On Lambda the schedule of the template says it",
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
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            interval: interval(reader),
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
        }
    }
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
