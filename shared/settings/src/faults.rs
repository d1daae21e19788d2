//! What of the cloud's bad days the local stack shows.

mod value;

use std::time::Duration;

use crate::environment::Section;
use crate::mode::Mode;
use crate::reader::Reader;
use crate::variable::Variable;
use value::{chance, count, shift, size, span};

/// Faults that a person asked for, in development only. Each `None` or 0 is a fault that does not
/// happen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// What chances are drawn from.
    pub seed: u64,
    /// How much later a function answers its first request.
    pub cold_start: Option<Duration>,
    /// How long a process has nothing to do until it counts as frozen, and has lost its
    /// connections to the database server when it is asked again.
    pub freeze: Option<Duration>,
    /// The most bytes that an event or what a function returns may have.
    pub body_bytes: Option<u64>,
    /// How long the gateway waits for a function.
    pub timeout: Option<Duration>,
    /// How many requests a function takes at once.
    pub concurrency: Option<usize>,
    /// The share of requests that the gateway refuses.
    pub throttle: f64,
    /// How far the clock is ahead, in milliseconds.
    pub skew_millis: i64,
    /// How much later each request to the database server arrives.
    pub database_latency: Duration,
    /// The share of requests to the database server that are lost, half of them after they were
    /// carried out.
    pub database_loss: f64,
    /// How many bytes the volume of database and files has.
    pub disk_bytes: Option<u64>,
}

/// A fault by its name, the form of its value, and how it is read.
struct Knob {
    name: &'static str,
    form: &'static str,
    set: fn(&mut Faults, &str) -> Option<()>,
}

const KNOBS: [Knob; 11] = [
    Knob {
        name: "seed",
        form: "a whole number",
        set: |faults, text| text.parse().ok().map(|value| faults.seed = value),
    },
    Knob {
        name: "cold-start",
        form: SPAN,
        set: |faults, text| span(text).map(|value| faults.cold_start = Some(value)),
    },
    Knob {
        name: "freeze",
        form: SPAN,
        set: |faults, text| span(text).map(|value| faults.freeze = Some(value)),
    },
    Knob {
        name: "body",
        form: SIZE,
        set: |faults, text| size(text).map(|value| faults.body_bytes = Some(value)),
    },
    Knob {
        name: "timeout",
        form: SPAN,
        set: |faults, text| span(text).map(|value| faults.timeout = Some(value)),
    },
    Knob {
        name: "concurrency",
        form: "a whole number from 1 on",
        set: |faults, text| count(text).map(|value| faults.concurrency = Some(value)),
    },
    Knob {
        name: "throttle",
        form: CHANCE,
        set: |faults, text| chance(text).map(|value| faults.throttle = value),
    },
    Knob {
        name: "skew",
        form: "a sign and a time, like +90s or -2m",
        set: |faults, text| shift(text).map(|value| faults.skew_millis = value),
    },
    Knob {
        name: "db-latency",
        form: SPAN,
        set: |faults, text| span(text).map(|value| faults.database_latency = value),
    },
    Knob {
        name: "db-loss",
        form: CHANCE,
        set: |faults, text| chance(text).map(|value| faults.database_loss = value),
    },
    Knob {
        name: "disk-full",
        form: SIZE,
        set: |faults, text| size(text).map(|value| faults.disk_bytes = Some(value)),
    },
];

const SPAN: &str = "a time like 200ms, 30s or 2m";
const SIZE: &str = "a size like 500B, 64KB or 6MB";
const CHANCE: &str = "a share from 0 to 1, like 0.05";
/// Faults that stand between this process and a database server.
const ON_THE_WAY: [&str; 3] = ["freeze", "db-latency", "db-loss"];
const NAME: &str = "OR3_FAULTS";
const PAGE: &str = "docs/operations/faults.md says what each does";

impl Faults {
    /// The names of all faults.
    pub fn names() -> impl Iterator<Item = &'static str> {
        KNOBS.iter().map(|knob| knob.name)
    }

    /// Whether something stands between this process and its database server.
    pub fn are_on_the_way(&self) -> bool {
        self.freeze.is_some() || !self.database_latency.is_zero() || self.database_loss > 0.0
    }
}

impl Section for Faults {
    const VARIABLES: &'static [Variable] = &[Variable::new(
        NAME,
        "",
        "comma list of faults of the cloud that the local stack shows, in development only; see \
         [operations/faults.md](docs/operations/faults.md)",
    )];

    fn read(reader: &mut Reader<'_>) -> Self {
        let parts = reader.list(NAME);
        if !parts.is_empty() && Mode::read(reader).production {
            let cure = "is for development: remove it, or OR3_ENV=production";
            reader.problem(NAME, cure);
        }
        let mut faults = Self::default();
        let mut seen = Vec::new();
        for part in &parts {
            match read(&mut faults, part) {
                Ok(name) if seen.contains(&name) => {
                    reader.problem(NAME, format!("names `{name}` twice: name each fault once"));
                }
                Ok(name) => seen.push(name),
                Err(problem) => reader.problem(NAME, problem),
            }
        }
        let by_http = |url: &str| url.starts_with("http://");
        if !reader.text("OR3_DATABASE_URL").is_some_and(by_http)
            && let Some(name) = seen.iter().find(|name| ON_THE_WAY.contains(name))
        {
            reader.problem(
                NAME,
                format!(
                    "has `{name}`, which stands between this process and a database server: name \
                     one by http:// in OR3_DATABASE_URL"
                ),
            );
        }
        faults
    }
}

/// Takes `part` over, and says which fault it is; else what is wrong and the cure.
fn read(faults: &mut Faults, part: &str) -> Result<&'static str, String> {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    let Some(knob) = KNOBS.iter().find(|knob| knob.name == name) else {
        let names: Vec<_> = Faults::names().collect();
        let names = names.join(", ");
        return Err(format!("has `{part}`: this build knows {names}; {PAGE}"));
    };
    let set = (knob.set)(faults, value);
    set.map(|()| knob.name)
        .ok_or_else(|| format!("has `{part}`: {name} takes {}; {PAGE}", knob.form))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    fn of(faults: &str) -> Result<Faults, String> {
        let url = ("OR3_DATABASE_URL", "http://127.0.0.1:8080");
        let environment = Environment::of([(NAME, faults), url]);
        environment.load().map_err(|problems| problems.to_string())
    }

    #[test]
    fn every_fault_is_read_in_its_unit() {
        let read = of(
            "seed=7, cold-start=300ms,freeze=0ms,body=6MB,timeout=30s,concurrency=1,\
                       throttle=0.05,skew=-2m,db-latency=20ms,db-loss=1,disk-full=64KB",
        );
        let wanted = Faults {
            seed: 7,
            cold_start: Some(Duration::from_millis(300)),
            freeze: Some(Duration::ZERO),
            body_bytes: Some(6 << 20),
            timeout: Some(Duration::from_secs(30)),
            concurrency: Some(1),
            throttle: 0.05,
            skew_millis: -120_000,
            database_latency: Duration::from_millis(20),
            database_loss: 1.0,
            disk_bytes: Some(64 << 10),
        };
        assert_eq!(read, Ok(wanted));
        let blank = Environment::of([(NAME, " ")]).load::<Faults>();
        assert_eq!(blank.expect("nothing is wrong"), Faults::default());
    }

    #[test]
    fn what_cannot_be_read_is_said_with_the_form_that_can() {
        for (faults, cure) in [
            ("freze=1s", "this build knows seed, cold-start, freeze"),
            ("freeze", "freeze takes a time like 200ms"),
            ("freeze=-1s", "freeze takes a time"),
            ("timeout=30", "timeout takes a time"),
            ("body=6", "body takes a size like"),
            ("body=99999999999999999MB", "body takes a size"),
            ("concurrency=0", "a whole number from 1 on"),
            ("throttle=1.5", "a share from 0 to 1"),
            ("throttle=NaN", "a share from 0 to 1"),
            ("db-loss=often", "a share from 0 to 1"),
            ("skew=90s", "a sign and a time, like +90s"),
            ("seed=x", "a whole number"),
            ("body=6MB,body=7MB", "names `body` twice"),
        ] {
            let said = of(faults).expect_err(faults);
            assert!(said.starts_with("OR3_FAULTS "), "{said}");
            assert!(said.contains(cure), "{faults}: {said}");
        }
    }

    #[test]
    fn production_has_its_own_bad_days() {
        for mode in ["OR3_ENV", "NODE_ENV"] {
            let pairs = [(NAME, "throttle=0"), (mode, "production")];
            let read = Environment::of(pairs).load::<Faults>();
            let said = read.expect_err(mode).to_string();
            assert!(said.contains("is for development: remove it"), "{said}");
        }
    }

    #[test]
    fn faults_on_the_way_to_a_server_need_a_server_that_is_spoken_to_in_the_clear() {
        for url in [
            "",
            "file:or3.db",
            "libsql://db.example",
            "https://db.example",
        ] {
            for fault in ["freeze=1s", "db-latency=1ms", "db-loss=0.1"] {
                let pairs = [(NAME, fault), ("OR3_DATABASE_URL", url)];
                let read = Environment::of(pairs).load::<Faults>();
                let said = read.expect_err(fault).to_string();
                assert!(
                    said.contains("name one by http:// in OR3_DATABASE_URL"),
                    "{said}"
                );
            }
        }
    }
}
