//! Who may register, and invites (auth contract, 11.2).

use std::time::Duration;

use crate::environment::Section;
use crate::reader::Reader;
use crate::secret::Secret;
use crate::variable::Variable;

/// Who may register.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Who may.
    pub mode: RegistrationMode,
    /// Signs invites.
    pub invite_secret: Option<Secret>,
    /// How long an invite lives unless its maker says otherwise.
    pub invite_ttl: Duration,
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

impl RegistrationMode {
    /// The word in variables and answers.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InviteOnly => "invite_only",
            Self::Disabled => "disabled",
        }
    }
}

impl Section for Registration {
    const VARIABLES: &'static [Variable] = &[
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
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let ttl = reader.lenient("OR3_AUTH_INVITE_TOKEN_TTL_SECONDS", 604_800);
        Self {
            mode: mode(reader),
            invite_secret: reader.secret("OR3_AUTH_INVITE_TOKEN_SECRET"),
            invite_ttl: Duration::from_secs(ttl).max(Duration::from_mins(1)),
        }
    }
}

fn mode(reader: &Reader<'_>) -> RegistrationMode {
    match reader.text("OR3_AUTH_REGISTRATION_MODE") {
        Some("open") => RegistrationMode::Open,
        Some("invite_only") => RegistrationMode::InviteOnly,
        Some("disabled") => RegistrationMode::Disabled,
        _ if reader.unless_false(&["OR3_AUTH_AUTO_PROVISION"]) => RegistrationMode::Open,
        _ => RegistrationMode::Disabled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    fn registration(pairs: &[(&str, &str)]) -> Registration {
        let read = Environment::of(pairs.iter().copied()).load::<Registration>();
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
            assert_eq!(registration(pairs).mode, expected, "{pairs:?}");
        }
    }
}
