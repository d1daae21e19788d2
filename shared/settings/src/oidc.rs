//! An OpenID provider that proves identities: `AUTH_PROVIDER=oidc`.

use crate::address::without_credentials;
use crate::environment::Section;
use crate::mode::Mode;
use crate::reader::Reader;
use crate::variable::Variable;

/// Whose tokens are believed, and where a request carries them.
#[derive(Clone, Debug)]
pub struct Oidc {
    /// The `iss` of every token.
    pub issuer: String,
    /// Where the provider publishes its keys.
    pub jwks_url: String,
    /// For whom tokens must be; empty admits every token of the issuer.
    pub audiences: Vec<String>,
    /// The cookie in which a browser carries its token.
    pub cookie: String,
    /// The claim that holds the address.
    pub email_claim: String,
    /// The claim that holds the name to show.
    pub name_claim: String,
}

impl Section for Oidc {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "OR3_OIDC_ISSUER",
            "required with `oidc`",
            "`iss` of the provider's tokens, to the letter",
        ),
        Variable::new(
            "OR3_OIDC_JWKS_URL",
            "required with `oidc`",
            "address of the provider's public keys, `https://…` (the `jwks_uri` of its discovery \
             document)",
        ),
        Variable::new(
            "OR3_OIDC_AUDIENCES",
            "none; required with `oidc` in strict mode",
            "comma list: a token's `aud`, or its `azp` if it has no `aud`, must be one of them",
        ),
        Variable::new(
            "OR3_OIDC_COOKIE",
            "`__session`",
            "cookie that carries the token of a request without `Authorization: Bearer`",
        ),
        Variable::new(
            "OR3_OIDC_EMAIL_CLAIM",
            "email",
            "claim that holds the address",
        ),
        Variable::new(
            "OR3_OIDC_NAME_CLAIM",
            "name",
            "claim that holds the name to show",
        ),
    ];

    /// Asks for what is required; whoever reads this section has chosen the provider.
    fn read(reader: &mut Reader<'_>) -> Self {
        let strict = Mode::read(reader).strict;
        let or = |name, default: &str| reader.text(name).unwrap_or(default).trim().to_owned();
        let oidc = Self {
            issuer: or("OR3_OIDC_ISSUER", ""),
            jwks_url: or("OR3_OIDC_JWKS_URL", ""),
            audiences: reader.list("OR3_OIDC_AUDIENCES"),
            cookie: or("OR3_OIDC_COOKIE", "__session"),
            email_claim: or("OR3_OIDC_EMAIL_CLAIM", "email"),
            name_claim: or("OR3_OIDC_NAME_CLAIM", "name"),
        };
        oidc.refuse_what_cannot_work(reader, strict);
        oidc
    }
}

impl Oidc {
    fn refuse_what_cannot_work(&self, reader: &mut Reader<'_>, strict: bool) {
        if self.issuer.is_empty() {
            let cure = "is not set: give it the `iss` of the provider's tokens";
            reader.problem("OR3_OIDC_ISSUER", cure);
        }
        if self.jwks_url.is_empty() {
            let cure = "is not set: give it the `jwks_uri` of the provider's discovery document";
            reader.problem("OR3_OIDC_JWKS_URL", cure);
        } else if let Err(cure) = check_address(&self.jwks_url, strict) {
            let shown = without_credentials(&self.jwks_url);
            let text = format!("is `{shown}`: {cure}");
            reader.problem("OR3_OIDC_JWKS_URL", text);
        }
        if strict && self.audiences.is_empty() {
            let cure = "is not set: without it, tokens that the provider issued to any other \
                        application would sign in here";
            reader.problem("OR3_OIDC_AUDIENCES", cure);
        }
        if !self.cookie.bytes().all(is_token) {
            let text = format!("is `{}`: this is no cookie's name", self.cookie);
            reader.problem("OR3_OIDC_COOKIE", text);
        }
    }
}

/// Keys that arrive in the clear could be anybody's.
fn check_address(url: &str, strict: bool) -> Result<(), &'static str> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.is_empty() || url.contains(|c: char| !c.is_ascii_graphic() || c == '#') {
        return Err("it must be an address, for instance https://id.example.com/jwks.json");
    }
    if authority.contains('@') {
        return Err("an address with a password in it would end up in logs");
    }
    match scheme {
        "https" => Ok(()),
        "http" if !strict || is_loopback(authority) => Ok(()),
        _ => Err("it must start with https://"),
    }
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let ip = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || ip
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// The characters of a cookie's name (RFC 6265, 4.1.1).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Auth;
    use crate::environment::Environment;
    use crate::problem::Problems;

    const ISSUER: (&str, &str) = ("OR3_OIDC_ISSUER", "https://id.example.com");
    const JWKS: (&str, &str) = ("OR3_OIDC_JWKS_URL", "https://id.example.com/jwks.json");
    const PRODUCTION: (&str, &str) = ("OR3_ENV", "production");
    const AUDIENCE: (&str, &str) = ("OR3_OIDC_AUDIENCES", "app, web");

    fn auth(pairs: &[(&str, &str)]) -> Result<Auth, Problems> {
        let provider = [("AUTH_PROVIDER", "oidc")];
        Environment::of(provider.iter().chain(pairs).copied()).load()
    }

    fn variables(problems: Result<Auth, Problems>) -> Vec<&'static str> {
        let problems = problems.err().map_or_else(Vec::new, |problems| problems.0);
        problems.iter().map(|problem| problem.variable).collect()
    }

    #[test]
    fn the_provider_takes_its_address_and_no_secret_of_passwords() {
        let oidc = auth(&[ISSUER, JWKS]).expect("enough").oidc.expect("chosen");
        assert_eq!(oidc.issuer, "https://id.example.com");
        assert_eq!(oidc.cookie, "__session");
        assert_eq!(
            (oidc.email_claim.as_str(), oidc.name_claim.as_str()),
            ("email", "name")
        );
        assert_eq!(
            variables(auth(&[])),
            ["OR3_OIDC_ISSUER", "OR3_OIDC_JWKS_URL"]
        );
    }

    #[test]
    fn strict_mode_asks_for_an_audience() {
        assert_eq!(
            variables(auth(&[ISSUER, JWKS, PRODUCTION])),
            ["OR3_OIDC_AUDIENCES"]
        );
        let oidc = auth(&[ISSUER, JWKS, PRODUCTION, AUDIENCE]).expect("enough");
        assert_eq!(oidc.oidc.expect("chosen").audiences, ["app", "web"]);
    }

    #[test]
    fn keys_come_by_https_or_from_this_machine_or_in_development() {
        for (url, strict, fits) in [
            ("https://id.example.com/keys?v=1", true, true),
            ("http://id.example.com/keys", true, false),
            ("http://id.example.com/keys", false, true),
            ("http://127.0.0.1:8080/keys", true, true),
            ("http://[::1]:8080/keys", true, true),
            ("http://localhost/keys", true, true),
            ("http://localhost.example.com/keys", true, false),
            ("http://127.0.0.1.example.com/keys", true, false),
            ("http://127.0.0.1@evil.example.com/keys", true, false),
            ("file:///etc/passwd", false, false),
            ("ftp://id.example.com/keys", false, false),
            ("https://", false, false),
            ("https://id example.com", false, false),
            ("id.example.com", false, false),
        ] {
            assert_eq!(check_address(url, strict).is_ok(), fits, "{url}");
        }
    }

    #[test]
    fn a_cookie_has_a_name_that_browsers_take() {
        let cookie = ("OR3_OIDC_COOKIE", "a=b");
        assert_eq!(
            variables(auth(&[ISSUER, JWKS, cookie])),
            ["OR3_OIDC_COOKIE"]
        );
    }
}
