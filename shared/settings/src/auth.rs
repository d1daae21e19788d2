//! Auth: who checks identities, secrets and lifetimes (auth contract, 11.2 and 11.3).

use std::time::Duration;

use crate::environment::Section;
use crate::features::{AuthProvider, Features};
use crate::mode::Mode;
use crate::oidc::Oidc;
use crate::passwords::Passwords;
use crate::reader::Reader;
use crate::registration::Registration;
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
    /// How long a session lasts at most, however often it is used; `None` is without end.
    pub session_max: Option<Duration>,
    /// How long a rotated refresh token may still be presented.
    pub rotation_grace: Duration,
    /// Who may register.
    pub registration: Registration,
    /// What a failed provisioning looks like from outside.
    pub provisioning_failure: ProvisioningFailure,
    /// What new passwords and their hashes take.
    pub passwords: Passwords,
    /// Cookies are `Secure`.
    pub production: bool,
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
            "OR3_BASIC_AUTH_SESSION_MAX_SECONDS",
            "none",
            "how long a session lasts at most before the password is asked again, however often it \
             is used, in seconds",
        ),
        Variable::new(
            "OR3_BASIC_AUTH_ROTATION_GRACE_MS",
            "30000",
            "how long a rotated refresh token may still be presented, in milliseconds",
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
            session_max: session_max(reader),
            rotation_grace: Duration::from_millis(
                reader.lenient("OR3_BASIC_AUTH_ROTATION_GRACE_MS", 30_000),
            ),
            registration: Registration::read(reader),
            provisioning_failure: provisioning_failure(reader),
            passwords: Passwords::read(reader),
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

/// Sessions of this product may go on without end; a longest time that is none is no reason to end
/// them at once.
fn session_max(reader: &Reader<'_>) -> Option<Duration> {
    let seconds = reader.lenient("OR3_BASIC_AUTH_SESSION_MAX_SECONDS", 0);
    (seconds > 0).then(|| Duration::from_secs(seconds))
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
    fn lifetimes_that_are_none_are_the_default() {
        for odd in ["0", "-1", "soon", ""] {
            let read = auth(&[
                ("OR3_BASIC_AUTH_ACCESS_TTL_SECONDS", odd),
                ("OR3_BASIC_AUTH_REFRESH_TTL_SECONDS", odd),
                ("OR3_BASIC_AUTH_ROTATION_GRACE_MS", odd),
                ("OR3_BASIC_AUTH_SESSION_MAX_SECONDS", odd),
            ]);
            assert_eq!(read.access_ttl, Duration::from_mins(15), "{odd}");
            assert_eq!(read.refresh_ttl, Duration::from_hours(720), "{odd}");
            assert_eq!(read.rotation_grace, Duration::from_secs(30), "{odd}");
            assert_eq!(read.session_max, None, "{odd}");
        }
        let read = auth(&[("OR3_BASIC_AUTH_ACCESS_TTL_SECONDS", "60.9")]);
        assert_eq!(read.access_ttl, Duration::from_mins(1));
    }
}
