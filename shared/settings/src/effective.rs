//! What is in force: every variable with its value, without what is secret, and where the value
//! comes from.

use crate::address::{MASK, without_credentials};
use crate::environment::Environment;
use crate::variable::Variable;
use crate::variables;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The environment of the process, under this name.
    Given(&'static str),
    /// This process: made once and kept, or chosen by a fault.
    Supplied,
    /// Nowhere: the default counts.
    Default,
}

impl Source {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Given(_) => "environment",
            Self::Supplied => "made by this process",
            Self::Default => "default",
        }
    }
}

/// One variable as it is in force.
#[derive(Clone, Debug)]
pub struct Effective {
    /// The section that it belongs to.
    pub section: &'static str,
    /// The variable.
    pub variable: &'static Variable,
    /// The value, masked where it is secret; `None` when the default counts.
    pub value: Option<String>,
    /// Whether something of the value is hidden.
    pub masked: bool,
    /// Where it comes from.
    pub source: Source,
}

impl Environment {
    /// Every variable of this build as it is in force here, in the order of the README's table.
    pub fn effective(&self) -> impl Iterator<Item = Effective> {
        variables().map(|(section, variable)| self.one(section, variable))
    }

    fn one(&self, section: &'static str, variable: &'static Variable) -> Effective {
        let found = variable
            .names()
            .find_map(|name| Some((name, self.get(name)?)));
        let Some((name, value)) = found else {
            return Effective {
                section,
                variable,
                value: None,
                masked: false,
                source: Source::Default,
            };
        };
        let shown = shown(variable, value);
        Effective {
            section,
            variable,
            masked: shown != value,
            value: Some(shown),
            source: if self.is_supplied(name) {
                Source::Supplied
            } else {
                Source::Given(name)
            },
        }
    }
}

/// The value as it may be shown: nothing of a secret, and no credentials in an address.
fn shown(variable: &Variable, value: &str) -> String {
    if variable.secret || is_named_as_secret(variable.name) {
        return MASK.to_owned();
    }
    if is_named_as_address(variable.name) || value.contains("://") {
        return without_credentials(value);
    }
    value.to_owned()
}

/// It is an address even where it does not look like one.
fn is_named_as_address(name: &str) -> bool {
    name.ends_with("_URL") || name.ends_with("_ENDPOINT")
}

/// The contract hides whatever is named after a secret (auth contract, 10.8). How long one lives or
/// how big it is, is none.
fn is_named_as_secret(name: &str) -> bool {
    let measure = ["_SECONDS", "_MS", "_BYTES", "_EXPIRY"]
        .iter()
        .any(|unit| name.ends_with(unit));
    let secret = ["SECRET", "KEY", "TOKEN", "PASSWORD"]
        .iter()
        .any(|word| name.contains(word));
    secret && !measure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database;
    use crate::dynamodb::DynamoDb;
    use crate::oidc::Oidc;
    use crate::traces::Traces;

    fn effective(environment: &Environment, name: &str) -> Effective {
        let mut all = environment.effective();
        let found = all.find(|found| found.variable.name == name);
        found.expect("a variable of this build")
    }

    #[test]
    fn a_value_is_shown_with_where_it_comes_from() {
        let mut environment = Environment::of([
            ("OR3_LISTEN", "127.0.0.1:1"),
            ("OR3_AUTH_PROVIDER", "oidc"),
            ("AUTH_PROVIDER", "basic-auth"),
        ]);
        environment.set_default("OR3_ADMIN_JWT_SECRET", "made up".to_owned());
        environment.set_default("OR3_LISTEN", "127.0.0.1:2".to_owned());
        let listen = effective(&environment, "OR3_LISTEN");
        assert_eq!(listen.value.as_deref(), Some("127.0.0.1:1"));
        assert_eq!(
            (listen.masked, listen.source),
            (false, Source::Given("OR3_LISTEN"))
        );
        let provider = effective(&environment, "AUTH_PROVIDER");
        assert_eq!(provider.source, Source::Given("OR3_AUTH_PROVIDER"));
        assert_eq!(provider.value.as_deref(), Some("oidc"));
        let made = effective(&environment, "OR3_ADMIN_JWT_SECRET");
        assert_eq!(made.value.as_deref(), Some("******"));
        assert_eq!((made.masked, made.source), (true, Source::Supplied));
        let missing = effective(&environment, "OR3_DATA_DIR");
        assert_eq!((missing.value, missing.source), (None, Source::Default));
    }

    #[test]
    fn nothing_secret_is_ever_shown() {
        let secret = "hush-hush";
        let given = variables().map(|(_, variable)| (variable.name, secret));
        let environment = Environment::of(given);
        for found in environment.effective() {
            let hidden = found.variable.secret || is_named_as_secret(found.variable.name);
            assert_eq!(found.value.as_deref() == Some(secret), !hidden);
        }
        for (address, expected) in [
            ("libsql://db.example", "libsql://db.example"),
            (
                "https://u:p@db.example:1/x?authToken=t",
                "https://******@db.example:1/x?******",
            ),
            ("file:./or3.db", "file:./or3.db"),
        ] {
            let environment = Environment::of([("OR3_DATABASE_URL", address)]);
            let found = effective(&environment, "OR3_DATABASE_URL");
            assert_eq!(found.value.as_deref(), Some(expected));
            assert_eq!(found.masked, address != expected);
        }
    }

    #[test]
    fn a_wrong_address_is_told_without_its_credentials() {
        let region = ("OR3_LIMITS_DYNAMODB_REGION", "eu-central-1");
        for (name, address) in [
            (
                "OR3_DATABASE_URL",
                "wss://u:hush@db.example/?authToken=hush",
            ),
            ("OR3_DATABASE_URL", "u:hush@db.example"),
            ("OR3_DATABASE_URL", "wss://u:a/hush@db.example"),
            ("OR3_LIMITS_DYNAMODB_ENDPOINT", "https://u:hush@db.example"),
            (
                "OR3_LIMITS_DYNAMODB_ENDPOINT",
                "https://db.example?key=hush",
            ),
            ("OR3_OIDC_JWKS_URL", "https://u:hush@db.example/keys?v=hush"),
            ("OR3_OIDC_JWKS_URL", "ftp://db.example/keys?v=hush"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://u:hush@db.example"),
        ] {
            let given = [(name, address), region, ("AUTH_PROVIDER", "oidc")];
            let environment = Environment::of(given);
            let problems = [
                environment.load::<Database>().err(),
                environment.load::<DynamoDb>().err(),
                environment.load::<Oidc>().err(),
                environment.load::<Traces>().err(),
            ];
            let told: Vec<_> = problems.into_iter().flatten().collect();
            let told = told.iter().map(ToString::to_string).collect::<Vec<_>>();
            let told = told.join("\n");
            assert!(told.contains(name), "{told}");
            assert!(!told.contains("hush"), "{told}");
        }
    }

    #[test]
    fn how_long_a_secret_lives_is_none() {
        assert!(is_named_as_secret("OR3_AUTH_INVITE_TOKEN_SECRET"));
        assert!(is_named_as_secret("OR3_ADMIN_PASSWORD"));
        assert!(!is_named_as_secret("OR3_AUTH_INVITE_TOKEN_TTL_SECONDS"));
        assert!(!is_named_as_secret("OR3_ADMIN_JWT_EXPIRY"));
    }
}
