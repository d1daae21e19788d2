//! Origins, proxies, HTTPS.

use std::time::Duration;

use crate::environment::Section;
use crate::features::Features;
use crate::mode::Mode;
use crate::reader::Reader;
use crate::registration::{Registration, RegistrationMode};
use crate::secret::Secret;
use crate::variable::Variable;

/// What the HTTP layers need to know of the deployment (auth contract, 11.5).
#[derive(Clone, Debug)]
pub struct Http {
    /// Origins that may read answers across origins with credentials; empty admits `*` without.
    pub allowed_origins: Vec<String>,
    /// How long a browser may remember the answer to a preflight.
    pub preflight_max_age: Duration,
    /// How long a request may take from its last byte on, and how long nothing may come of it.
    pub request_timeout: Duration,
    /// Plain HTTP is redirected, except on loopback hosts.
    pub force_https: bool,
    /// Forwarding headers of a proxy are believed.
    pub trust_proxy: bool,
    /// Which header a trusted proxy names the client in.
    pub forwarded_for: ForwardedFor,
    /// Cookies are `Secure`.
    pub production: bool,
    /// Checks the invites of links that are followed; `None` where no link is kept: nobody needs an
    /// invite, or there is no secret, or auth is off (auth contract, 7.6).
    pub invite_links: Option<Secret>,
}

/// The header in which a trusted proxy names the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardedFor {
    /// `X-Forwarded-For`, first entry.
    XForwardedFor,
    /// `X-Real-IP`.
    XRealIp,
}

impl Section for Http {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "OR3_ALLOWED_ORIGINS",
            "empty",
            "comma list of origins that may use the API from a browser on another origin",
        ),
        Variable::new(
            "OR3_CORS_MAX_AGE_SECONDS",
            "3600",
            "how long a browser may remember what a page of another origin may send, 0 to 86400 seconds",
        ),
        Variable::new(
            "OR3_REQUEST_TIMEOUT_MS",
            "60000",
            "how long a request may take from its last byte on (then 503), and how long nothing may come of it (then 408), in milliseconds, at least 1000",
        ),
        Variable::new(
            "OR3_FORCE_HTTPS",
            "`true` in production",
            "redirects plain HTTP, except on loopback hosts, and tells browsers to come by HTTPS only",
        ),
        Variable::new(
            "OR3_TRUST_PROXY",
            "false",
            "`true` believes the forwarding headers of a proxy",
        ),
        Variable::new(
            "OR3_FORWARDED_FOR_HEADER",
            "x-forwarded-for",
            "header in which a trusted proxy names the client: `x-forwarded-for` or `x-real-ip`",
        ),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let production = Mode::read(reader).production;
        let header = reader.text("OR3_FORWARDED_FOR_HEADER");
        let force_https = reader
            .text("OR3_FORCE_HTTPS")
            .map_or(production, |text| text == "true");
        Self {
            allowed_origins: reader.list("OR3_ALLOWED_ORIGINS"),
            preflight_max_age: reader.seconds("OR3_CORS_MAX_AGE_SECONDS", 0..=86_400, 3600),
            request_timeout: reader.millis("OR3_REQUEST_TIMEOUT_MS", 1000..=3_600_000, 60_000),
            force_https,
            trust_proxy: reader.is_true("OR3_TRUST_PROXY"),
            forwarded_for: match header {
                Some(name) if name.trim().eq_ignore_ascii_case("x-real-ip") => {
                    ForwardedFor::XRealIp
                }
                _ => ForwardedFor::XForwardedFor,
            },
            production,
            invite_links: invite_links(reader),
        }
    }
}

fn invite_links(reader: &mut Reader<'_>) -> Option<Secret> {
    let registration = Registration::read(reader);
    let needed = registration.mode == RegistrationMode::InviteOnly;
    let auth = Features::read(reader).auth.is_some();
    registration.invite_secret.filter(|_| needed && auth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    fn http(pairs: &[(&str, &str)]) -> Http {
        let read = Environment::of(pairs.iter().copied()).load::<Http>();
        read.expect("nothing is wrong")
    }

    #[test]
    fn https_is_forced_in_production_unless_said_otherwise() {
        let production = ("NODE_ENV", "production");
        for (pairs, forced) in [
            (&[][..], false),
            (&[production][..], true),
            (&[("OR3_FORCE_HTTPS", "true")][..], true),
            (&[production, ("OR3_FORCE_HTTPS", "false")][..], false),
            (&[production, ("OR3_FORCE_HTTPS", "yes")][..], false),
        ] {
            assert_eq!(http(pairs).force_https, forced, "{pairs:?}");
        }
    }

    #[test]
    fn a_list_is_cut_at_commas_and_trimmed() {
        let origins = http(&[("OR3_ALLOWED_ORIGINS", " https://a.test ,, https://b.test,")]);
        assert_eq!(
            origins.allowed_origins,
            ["https://a.test", "https://b.test"]
        );
        assert!(http(&[]).allowed_origins.is_empty());
    }

    #[test]
    fn links_are_kept_where_an_invite_is_needed_and_can_be_checked() {
        let secret = ("OR3_AUTH_INVITE_TOKEN_SECRET", "secret");
        let mode = ("OR3_AUTH_REGISTRATION_MODE", "invite_only");
        assert!(http(&[secret, mode]).invite_links.is_some());
        for lacking in [
            &[secret][..],
            &[mode][..],
            &[secret, ("OR3_AUTH_REGISTRATION_MODE", "open")][..],
            &[secret, mode, ("SSR_AUTH_ENABLED", "false")][..],
        ] {
            assert!(http(lacking).invite_links.is_none(), "{lacking:?}");
        }
    }

    #[test]
    fn a_proxy_is_trusted_for_the_exact_word_only() {
        for (word, trusted) in [("true", true), ("1", false), ("TRUE", false)] {
            let read = http(&[("OR3_TRUST_PROXY", word)]);
            assert_eq!(read.trust_proxy, trusted, "{word}");
        }
        let named = |header| http(&[("OR3_FORWARDED_FOR_HEADER", header)]).forwarded_for;
        assert_eq!(named("X-Real-IP"), ForwardedFor::XRealIp);
        assert_eq!(named("forwarded"), ForwardedFor::XForwardedFor);
    }
}
