//! Auth: who may register, secrets and lifetimes (auth contract, 11.1 to 11.3).

use std::time::Duration;

use crate::environment::Section;
use crate::features::{AuthProvider, Features};
use crate::mode::Mode;
use crate::oidc::Oidc;
use crate::reader::Reader;
use crate::secret::Secret;
use crate::variable::Variable;

/// Sign-in, sessions and registration.
#[derive(Clone, Debug)]
pub struct Auth {
    /// The OpenID provider, where identities come from one; then there are no passwords.
    pub oidc: Option<Oidc>,
    /// Signs access tokens.
    pub jwt_secret: Secret,
    /// Signs refresh tokens.
    pub refresh_secret: Secret,
    /// How long an access token lives.
    pub access_ttl: Duration,
    /// How long a refresh token lives; restarted by each rotation.
    pub refresh_ttl: Duration,
    /// How long a rotated refresh token may still be presented.
    pub rotation_grace: Duration,
    /// Who may register.
    pub registration: RegistrationMode,
    /// What a failed provisioning looks like from outside.
    pub provisioning_failure: ProvisioningFailure,
    /// Signs invites.
    pub invite_secret: Option<Secret>,
    /// How long an invite lives unless its maker says otherwise.
    pub invite_ttl: Duration,
    /// An account that exists from the start.
    pub bootstrap: Option<Bootstrap>,
    /// Memory that one password hash takes, in KiB.
    pub argon2_memory_kib: u32,
    /// Passes that one password hash makes.
    pub argon2_passes: u32,
    /// How many hashes may run at once in this process.
    pub argon2_parallel: usize,
    /// Cookies are `Secure`.
    pub production: bool,
}

/// Who may register (auth contract, 7.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationMode {
    /// Anybody.
    Open,
    /// Anybody with a valid invite.
    InviteOnly,
    /// Nobody.
    Disabled,
}

/// What a failed provisioning looks like from outside (auth contract, 7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvisioningFailure {
    /// The error itself.
    Throw,
    /// As if nobody were signed in.
    Unauthenticated,
    /// 503.
    ServiceUnavailable,
}

/// An account that exists from the start (auth contract, 6.3).
#[derive(Clone, Debug)]
pub struct Bootstrap {
    /// The address as typed, trimmed.
    pub email: String,
    /// The password.
    pub password: Secret,
}

impl Section for Auth {
    const VARIABLES: &'static [Variable] = &[
        Variable::secret("OR3_BASIC_AUTH_JWT_SECRET", "signs access tokens"),
        Variable::secret("OR3_BASIC_AUTH_REFRESH_SECRET", "signs refresh tokens"),
        Variable::new(
            "OR3_BASIC_AUTH_ACCESS_TTL_SECONDS",
            "900",
            "lifetime of an access token, in seconds",
        ),
        Variable::new(
            "OR3_BASIC_AUTH_REFRESH_TTL_SECONDS",
            "2592000",
            "lifetime of a refresh token, in seconds",
        ),
        Variable::new(
            "OR3_BASIC_AUTH_ROTATION_GRACE_MS",
            "30000",
            "how long a rotated refresh token may still be presented, in milliseconds",
        ),
        Variable::new(
            "OR3_BASIC_AUTH_BOOTSTRAP_EMAIL",
            "none",
            "address of an account that exists from the start",
        ),
        Variable::secret(
            "OR3_BASIC_AUTH_BOOTSTRAP_PASSWORD",
            "password of that account",
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
        Variable::new(
            "OR3_AUTH_AUTO_PROVISION",
            "true",
            "`false` refuses identities that are not known yet",
        ),
        Variable::new(
            "OR3_AUTH_REGISTRATION_MODE",
            "`open`, or `disabled` without auto-provisioning",
            "who may register: `open`, `invite_only`, `disabled`",
        ),
        Variable::secret("OR3_AUTH_INVITE_TOKEN_SECRET", "signs invites"),
        Variable::new(
            "OR3_AUTH_INVITE_TOKEN_TTL_SECONDS",
            "604800",
            "lifetime of an invite, in seconds, at least 60",
        ),
        Variable::new(
            "OR3_SESSION_PROVISIONING_FAILURE",
            "throw",
            "what a failed provisioning answers: `throw`, `unauthenticated`, `service-unavailable`",
        ),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let provider = Features::read(reader).auth;
        let passwords = provider == Some(AuthProvider::BasicAuth);
        let mode = Mode::read(reader);
        let secret = |reader: &mut Reader<'_>, name| {
            if passwords {
                reader.required_secret(name)
            } else {
                Secret::default()
            }
        };
        let seconds =
            |reader: &Reader<'_>, name, default| Duration::from_secs(reader.lenient(name, default));
        let auth = Self {
            oidc: (provider == Some(AuthProvider::Oidc)).then(|| Oidc::read(reader)),
            jwt_secret: secret(reader, "OR3_BASIC_AUTH_JWT_SECRET"),
            refresh_secret: secret(reader, "OR3_BASIC_AUTH_REFRESH_SECRET"),
            access_ttl: seconds(reader, "OR3_BASIC_AUTH_ACCESS_TTL_SECONDS", 900),
            refresh_ttl: seconds(reader, "OR3_BASIC_AUTH_REFRESH_TTL_SECONDS", 2_592_000),
            rotation_grace: Duration::from_millis(
                reader.lenient("OR3_BASIC_AUTH_ROTATION_GRACE_MS", 30_000),
            ),
            registration: registration(reader),
            provisioning_failure: provisioning_failure(reader),
            invite_secret: reader.secret("OR3_AUTH_INVITE_TOKEN_SECRET"),
            invite_ttl: seconds(reader, "OR3_AUTH_INVITE_TOKEN_TTL_SECONDS", 604_800)
                .max(Duration::from_mins(1)),
            bootstrap: bootstrap(reader),
            argon2_memory_kib: small(
                reader,
                "OR3_BASIC_AUTH_ARGON2_MEMORY_KIB",
                8..=4_194_304,
                19_456,
            ),
            argon2_passes: small(reader, "OR3_BASIC_AUTH_ARGON2_PASSES", 1..=100, 2),
            argon2_parallel: small(reader, "OR3_BASIC_AUTH_ARGON2_PARALLEL", 1..=256, 2) as usize,
            production: mode.production,
        };
        if mode.strict && passwords {
            auth.refuse_weak_secrets(reader);
        }
        auth
    }
}

impl Auth {
    /// Strict mode takes no secret that can be guessed or that serves two purposes.
    fn refuse_weak_secrets(&self, reader: &mut Reader<'_>) {
        let named = [
            ("OR3_BASIC_AUTH_JWT_SECRET", &self.jwt_secret),
            ("OR3_BASIC_AUTH_REFRESH_SECRET", &self.refresh_secret),
        ];
        for (name, secret) in named {
            let length = secret.expose().len();
            if length > 0 && length < 32 {
                reader.problem(name, "is too short: give it at least 32 random characters");
            }
        }
        if self.jwt_secret == self.refresh_secret && !self.jwt_secret.expose().is_empty() {
            reader.problem(
                "OR3_BASIC_AUTH_REFRESH_SECRET",
                "equals OR3_BASIC_AUTH_JWT_SECRET: give each a value of its own",
            );
        }
    }
}

fn small(
    reader: &mut Reader<'_>,
    name: &'static str,
    range: std::ops::RangeInclusive<u64>,
    default: u32,
) -> u32 {
    u32::try_from(reader.whole(name, range, u64::from(default))).unwrap_or(default)
}

fn registration(reader: &Reader<'_>) -> RegistrationMode {
    match reader.text("OR3_AUTH_REGISTRATION_MODE") {
        Some("open") => RegistrationMode::Open,
        Some("invite_only") => RegistrationMode::InviteOnly,
        Some("disabled") => RegistrationMode::Disabled,
        _ if reader.unless_false(&["OR3_AUTH_AUTO_PROVISION"]) => RegistrationMode::Open,
        _ => RegistrationMode::Disabled,
    }
}

fn provisioning_failure(reader: &mut Reader<'_>) -> ProvisioningFailure {
    let value = reader.text("OR3_SESSION_PROVISIONING_FAILURE");
    let known = [
        ("throw", ProvisioningFailure::Throw),
        ("unauthenticated", ProvisioningFailure::Unauthenticated),
        (
            "service-unavailable",
            ProvisioningFailure::ServiceUnavailable,
        ),
    ];
    reader.choice(
        "OR3_SESSION_PROVISIONING_FAILURE",
        value,
        &known,
        ProvisioningFailure::Throw,
    )
}

fn bootstrap(reader: &Reader<'_>) -> Option<Bootstrap> {
    Some(Bootstrap {
        email: reader
            .text("OR3_BASIC_AUTH_BOOTSTRAP_EMAIL")?
            .trim()
            .to_owned(),
        password: reader.secret("OR3_BASIC_AUTH_BOOTSTRAP_PASSWORD")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    const SECRETS: [(&str, &str); 2] = [
        ("OR3_BASIC_AUTH_JWT_SECRET", "one"),
        ("OR3_BASIC_AUTH_REFRESH_SECRET", "two"),
    ];

    fn auth(pairs: &[(&str, &str)]) -> Auth {
        let pairs = SECRETS.iter().chain(pairs).copied();
        let read = Environment::of(pairs).load::<Auth>();
        read.expect("nothing is wrong")
    }

    #[test]
    fn registration_follows_its_mode_or_else_the_older_switch() {
        let [mode, older] = ["OR3_AUTH_REGISTRATION_MODE", "OR3_AUTH_AUTO_PROVISION"];
        for (pairs, expected) in [
            (&[][..], RegistrationMode::Open),
            (&[(older, "false")][..], RegistrationMode::Disabled),
            (&[(older, "no")][..], RegistrationMode::Open),
            (
                &[(mode, "invite_only"), (older, "false")][..],
                RegistrationMode::InviteOnly,
            ),
            (
                &[(mode, "open"), (older, "false")][..],
                RegistrationMode::Open,
            ),
            (
                &[(mode, "odd"), (older, "false")][..],
                RegistrationMode::Disabled,
            ),
        ] {
            assert_eq!(auth(pairs).registration, expected, "{pairs:?}");
        }
    }

    #[test]
    fn lifetimes_that_are_none_are_the_default() {
        for odd in ["0", "-1", "soon", ""] {
            let read = auth(&[
                ("OR3_BASIC_AUTH_ACCESS_TTL_SECONDS", odd),
                ("OR3_BASIC_AUTH_REFRESH_TTL_SECONDS", odd),
                ("OR3_BASIC_AUTH_ROTATION_GRACE_MS", odd),
            ]);
            assert_eq!(read.access_ttl, Duration::from_mins(15), "{odd}");
            assert_eq!(read.refresh_ttl, Duration::from_hours(720), "{odd}");
            assert_eq!(read.rotation_grace, Duration::from_secs(30), "{odd}");
        }
        let read = auth(&[("OR3_BASIC_AUTH_ACCESS_TTL_SECONDS", "60.9")]);
        assert_eq!(read.access_ttl, Duration::from_mins(1));
    }

    #[test]
    fn an_account_from_the_start_needs_address_and_password() {
        let [email, password] = [
            ("OR3_BASIC_AUTH_BOOTSTRAP_EMAIL", " Root@example.test "),
            ("OR3_BASIC_AUTH_BOOTSTRAP_PASSWORD", "secret"),
        ];
        assert!(auth(&[email]).bootstrap.is_none());
        assert!(auth(&[password]).bootstrap.is_none());
        let account = auth(&[email, password]).bootstrap.expect("both are given");
        assert_eq!(account.email, "Root@example.test");
    }
}
