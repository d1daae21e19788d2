//! Administration: the super admin's name, first password and token (auth contract, 10 and 11.6).

use std::time::Duration;

use crate::environment::Section;
use crate::mode::Mode;
use crate::reader::Reader;
use crate::secret::Secret;
use crate::variable::Variable;

/// The super admin, for whoever signs them in.
#[derive(Clone, Debug)]
pub struct Admin {
    /// How their requests are known, and the password that the first sign-in takes. `None` where
    /// the deployment has no super admin.
    pub account: Option<(AdminGate, Secret)>,
}

/// The super admin, for whoever only has to know them.
#[derive(Clone, Debug)]
pub struct AdminGate {
    /// What their requests are known by; `None` where the deployment has no super admin.
    pub known_by: Option<Known>,
    /// Hosts on which they are known; empty is every host.
    pub allowed_hosts: Vec<String>,
}

/// What requests of the super admin are known by.
#[derive(Clone, Debug)]
pub struct Known {
    /// Their name.
    pub username: String,
    /// Signs their tokens.
    pub jwt_secret: Secret,
    /// How long a token lives: whole seconds.
    pub jwt_ttl: Duration,
}

const NAME: &str = "OR3_ADMIN_USERNAME";
const PASSWORD: &str = "OR3_ADMIN_PASSWORD";
const SECRET: &str = "OR3_ADMIN_JWT_SECRET";
const EXPIRY: &str = "OR3_ADMIN_JWT_EXPIRY";

/// The shortest password and secret that strict mode takes.
const SHORTEST_PASSWORD: usize = 12;
const SHORTEST_SECRET: usize = 32;

impl Section for Admin {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            NAME,
            "none",
            "name of the super admin; with it and a password there is one, without both every route that only they may use answers 404",
        ),
        Variable::secret(
            PASSWORD,
            "password of the super admin for their first sign-in; afterwards the one that is kept counts",
        ),
        Variable::secret(SECRET, "signs the super admin's tokens"),
        Variable::new(
            EXPIRY,
            "24h",
            "lifetime of the super admin's token: a number with its unit (`s`, `m`, `h`, `d`, `w`), 1 minute to 1 year",
        ),
        Variable::new(
            "OR3_ADMIN_ALLOWED_HOSTS",
            "empty",
            "comma list of hosts on which the super admin is known; elsewhere their routes answer 404; empty is every host",
        ),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let gate = AdminGate::read(reader);
        let password = reader.secret(PASSWORD);
        if gate.known_by.is_some() != password.is_some() {
            let (missing, given) = if password.is_some() {
                (NAME, PASSWORD)
            } else {
                (PASSWORD, NAME)
            };
            let cure = "set both for a super admin, or neither";
            reader.problem(missing, format!("is not set, but {given} is: {cure}"));
        }
        let weak = |password: &Secret| password.expose().chars().count() < SHORTEST_PASSWORD;
        if Mode::read(reader).strict && password.as_ref().is_some_and(weak) {
            let cure = format!("give it at least {SHORTEST_PASSWORD} characters");
            reader.problem(PASSWORD, format!("is too short: {cure}"));
        }
        let there_is_one = gate.known_by.is_some();
        Self {
            account: password
                .filter(|_| there_is_one)
                .map(|password| (gate, password)),
        }
    }
}

impl Section for AdminGate {
    /// Those of [`Admin`].
    const VARIABLES: &'static [Variable] = &[];

    fn read(reader: &mut Reader<'_>) -> Self {
        let username = reader.text(NAME).map(str::to_owned);
        let known_by = username.map(|username| Known {
            username,
            jwt_secret: secret(reader),
            jwt_ttl: lifetime(reader),
        });
        Self {
            known_by,
            allowed_hosts: reader.list("OR3_ADMIN_ALLOWED_HOSTS"),
        }
    }
}

/// Strict mode takes no secret that can be guessed or that serves two purposes.
fn secret(reader: &mut Reader<'_>) -> Secret {
    let secret = reader.required_secret(SECRET);
    let length = secret.expose().len();
    if !Mode::read(reader).strict || length == 0 {
        return secret;
    }
    if length < SHORTEST_SECRET {
        reader.problem(
            SECRET,
            "is too short: give it at least 32 random characters",
        );
    }
    for other in ["OR3_BASIC_AUTH_JWT_SECRET", "OR3_BASIC_AUTH_REFRESH_SECRET"] {
        if reader.text(other) == Some(secret.expose()) {
            let cure = "give each a value of its own";
            reader.problem(SECRET, format!("equals {other}: {cure}"));
        }
    }
    secret
}

fn lifetime(reader: &mut Reader<'_>) -> Duration {
    const DAY: Duration = Duration::from_hours(24);
    let Some(text) = reader.text(EXPIRY) else {
        return DAY;
    };
    let allowed = Duration::from_mins(1)..=DAY * 365;
    let given = span(text).filter(|span| allowed.contains(span));
    given.unwrap_or_else(|| {
        let cure = "it must be a number and its unit, from 1m to 365d, for instance 24h";
        reader.problem(EXPIRY, format!("is `{text}`: {cure}"));
        DAY
    })
}

/// A time span as the contract writes it (10.4): a number, perhaps with a fraction, and its unit in
/// any case, perhaps after a blank. A number without a unit is none: the original takes it for
/// milliseconds, which nobody means.
fn span(text: &str) -> Option<Duration> {
    let text = text.trim().to_ascii_lowercase();
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit_at);
    let number: f64 = number.trim().parse().ok()?;
    let seconds = match unit {
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => 86_400.0,
        "w" | "week" | "weeks" => 604_800.0,
        _ => return None,
    };
    let span = Duration::try_from_secs_f64(number * seconds).ok()?;
    Some(Duration::from_secs(span.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use crate::problem::Problems;

    const PAIR: [(&str, &str); 2] = [(NAME, "root"), (PASSWORD, "a long password")];
    const LONG: &str = "0123456789abcdef0123456789abcdef";

    fn read(pairs: &[(&str, &str)]) -> Result<Admin, Problems> {
        Environment::of(pairs.iter().copied()).load::<Admin>()
    }

    fn refused(pairs: &[(&str, &str)]) -> Vec<&'static str> {
        let problems = read(pairs).expect_err("something is wrong").0;
        problems.into_iter().map(|found| found.variable).collect()
    }

    #[test]
    fn there_is_a_super_admin_with_a_name_a_password_and_a_secret() {
        assert!(read(&[]).expect("nothing is wrong").account.is_none());
        let secret = (SECRET, LONG);
        let admin = read(&[PAIR[0], PAIR[1], secret]).expect("nothing is wrong");
        let (gate, password) = admin.account.expect("a super admin");
        let known = gate.known_by.expect("a super admin");
        assert_eq!(
            (known.username.as_str(), password.expose()),
            ("root", "a long password")
        );
        assert_eq!(known.jwt_ttl, Duration::from_hours(24));
        assert_eq!(refused(&[PAIR[0], secret]), [PASSWORD]);
        assert_eq!(refused(&[PAIR[1], secret]), [NAME]);
        assert_eq!(refused(&PAIR), [SECRET]);
    }

    #[test]
    fn strict_mode_takes_no_secret_or_password_that_is_short_or_serves_twice() {
        let production = ("NODE_ENV", "production");
        let short = [PAIR[0], (PASSWORD, "short"), (SECRET, "short"), production];
        assert_eq!(refused(&short), [SECRET, PASSWORD]);
        let twice = [
            PAIR[0],
            PAIR[1],
            (SECRET, LONG),
            ("OR3_BASIC_AUTH_JWT_SECRET", LONG),
            production,
        ];
        assert_eq!(refused(&twice), [SECRET]);
        let missing = read(&[PAIR[0], PAIR[1], production]);
        let told = missing.expect_err("no secret").to_string();
        assert!(
            told.starts_with("OR3_ADMIN_JWT_SECRET is not set: give it"),
            "{told}"
        );
    }

    #[test]
    fn a_lifetime_has_a_number_and_a_unit() {
        for (text, seconds) in [
            ("30m", 1800),
            ("24h", 86_400),
            ("7d", 604_800),
            ("1.5h", 5400),
            ("1w", 604_800),
            ("2 Hours", 7200),
        ] {
            assert_eq!(span(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for odd in [
            "3600", "soon", "", "h", "-1h", "1x", "1h30m", "infh", "NaNh",
        ] {
            assert_eq!(span(odd), None, "{odd}");
        }
        for odd in ["3600", "1s", "366d"] {
            let pairs = [PAIR[0], PAIR[1], (SECRET, LONG), (EXPIRY, odd)];
            assert_eq!(refused(&pairs), [EXPIRY], "{odd}");
        }
    }
}
