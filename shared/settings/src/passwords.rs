//! Passwords: what a new one may be, what a hash takes, and the account that exists from the start
//! (auth contract, 6 and 11.3).

use std::ops::RangeInclusive;

use crate::environment::Section;
use crate::reader::Reader;
use crate::secret::Secret;
use crate::variable::Variable;

/// What passwords and their hashes take.
#[derive(Clone, Debug)]
pub struct Passwords {
    /// The address, trimmed, of the account that exists from the start: it may always have a first
    /// session.
    pub bootstrap_email: Option<String>,
    /// The password of that account, for those who create it.
    pub bootstrap_password: Option<Secret>,
    /// Words that a new password may not be made of.
    pub blocked_words: Vec<String>,
    /// Memory that one password hash takes, in KiB.
    pub argon2_memory_kib: u32,
    /// Passes that one password hash makes.
    pub argon2_passes: u32,
    /// How many hashes may run at once in this process.
    pub argon2_parallel: usize,
}

impl Section for Passwords {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "OR3_BASIC_AUTH_BOOTSTRAP_EMAIL",
            "none",
            "address of an account that exists from the start",
        ),
        Variable::secret(
            "OR3_BASIC_AUTH_BOOTSTRAP_PASSWORD",
            "password of that account; read where it is created: by the local stack and by `migrate`",
        ),
        Variable::new(
            "OR3_BASIC_AUTH_BLOCKED_WORDS",
            "none",
            "comma list of words around this deployment (company, products, teams) that a new \
             password may hold but not be made of",
        ),
        Variable::new(
            "OR3_BASIC_AUTH_ARGON2_MEMORY_KIB",
            "19456",
            "memory of one password hash, in KiB; old hashes are renewed at sign-in",
        ),
        Variable::new(
            "OR3_BASIC_AUTH_ARGON2_PASSES",
            "2",
            "passes of one password hash",
        ),
        Variable::new(
            "OR3_BASIC_AUTH_ARGON2_PARALLEL",
            "2",
            "password hashes that may run at once in one process",
        ),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let email = reader.text("OR3_BASIC_AUTH_BOOTSTRAP_EMAIL");
        let memory = 8..=4_194_304;
        Self {
            bootstrap_email: email.map(|email| email.trim().to_owned()),
            bootstrap_password: reader.secret("OR3_BASIC_AUTH_BOOTSTRAP_PASSWORD"),
            blocked_words: reader.list("OR3_BASIC_AUTH_BLOCKED_WORDS"),
            argon2_memory_kib: small(reader, "OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", memory, 19_456),
            argon2_passes: small(reader, "OR3_BASIC_AUTH_ARGON2_PASSES", 1..=100, 2),
            argon2_parallel: small(reader, "OR3_BASIC_AUTH_ARGON2_PARALLEL", 1..=256, 2) as usize,
        }
    }
}

fn small(
    reader: &mut Reader<'_>,
    name: &'static str,
    range: RangeInclusive<u64>,
    default: u32,
) -> u32 {
    u32::try_from(reader.whole(name, range, u64::from(default))).unwrap_or(default)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    fn passwords(pairs: &[(&str, &str)]) -> Passwords {
        let read = Environment::of(pairs.iter().copied()).load::<Passwords>();
        read.expect("nothing is wrong")
    }

    #[test]
    fn no_account_and_no_password_is_a_default() {
        let read = passwords(&[]);
        assert_eq!(read.bootstrap_email, None);
        assert_eq!(read.bootstrap_password, None);
        let read = passwords(&[("OR3_BASIC_AUTH_BOOTSTRAP_EMAIL", " Root@example.test ")]);
        assert_eq!(read.bootstrap_email.as_deref(), Some("Root@example.test"));
    }
}
