//! Signing tests in without passwords, outside production.

use crate::environment::Section;
use crate::mode::Mode;
use crate::reader::Reader;
use crate::secret::Secret;
use crate::variable::Variable;

/// Whether tests may sign in as anybody.
#[derive(Clone, Debug)]
pub struct TestMode {
    /// What they must know; `None` where they may not.
    pub secret: Option<Secret>,
}

const SWITCH: &str = "OR3_TEST_MODE";
const SECRET: &str = "OR3_TEST_SECRET";

/// The shortest secret: whoever knows it is anybody.
const SHORTEST: usize = 16;

impl Section for TestMode {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            SWITCH,
            "false",
            "`true` lets tests sign in as anybody by `POST /api/auth/test-sign-in`; never in production",
        ),
        Variable::secret(
            SECRET,
            "what such a test sends as `X-Or3-Test-Secret`: at least 16 characters; required in test mode",
        ),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        if !reader.is_true(SWITCH) {
            return Self { secret: None };
        }
        if Mode::read(reader).production {
            let why = "whoever knows its secret is anybody";
            reader.problem(SWITCH, format!("is `true` in production: remove it, {why}"));
            return Self { secret: None };
        }
        let secret = reader.secret(SECRET);
        let length = secret.as_ref().map_or(0, |secret| secret.expose().len());
        if length < SHORTEST {
            let cure = format!("OR3_TEST_MODE needs at least {SHORTEST} random characters");
            let found = if length == 0 {
                "is not set"
            } else {
                "is too short"
            };
            reader.problem(SECRET, format!("{found}: {cure}"));
        }
        Self { secret }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    fn read(pairs: &[(&str, &str)]) -> Result<bool, Vec<&'static str>> {
        let read = Environment::of(pairs.iter().copied()).load::<TestMode>();
        let refused = |problems: crate::problem::Problems| {
            let problems = problems.0.into_iter();
            problems.map(|problem| problem.variable).collect()
        };
        read.map(|mode| mode.secret.is_some()).map_err(refused)
    }

    #[test]
    fn tests_sign_in_only_where_both_are_given_and_never_in_production() {
        let (on, secret) = ((SWITCH, "true"), (SECRET, "0123456789abcdef"));
        assert_eq!(read(&[]), Ok(false));
        assert_eq!(read(&[secret]), Ok(false));
        assert_eq!(read(&[(SWITCH, "1"), secret]), Ok(false));
        assert_eq!(read(&[on, secret]), Ok(true));
        assert_eq!(read(&[on]), Err(vec![SECRET]));
        assert_eq!(read(&[on, (SECRET, "short")]), Err(vec![SECRET]));
        for production in [("OR3_ENV", "production"), ("NODE_ENV", "production")] {
            assert_eq!(read(&[on, secret, production]), Err(vec![SWITCH]));
        }
    }
}
