//! What the layers need to know of the deployment.

use crate::layers::InviteLinks;

/// Origins, proxies, HTTPS (auth contract, 6.5, 11.5 and 12).
#[derive(Clone, Debug, Default)]
pub struct HttpPolicy {
    /// Origins that may read answers with credentials; empty admits `*` without credentials.
    pub allowed_origins: Vec<String>,
    /// Plain HTTP is redirected, except on loopback hosts.
    pub force_https: bool,
    /// Forwarding headers of a proxy are believed.
    pub trust_proxy: bool,
    /// The header in which a trusted proxy names the client.
    pub forwarded_for: ForwardedFor,
    /// Cookies are `Secure`.
    pub secure_cookies: bool,
    /// Keeps invites that come by a link, where registering takes one.
    pub invite_links: Option<InviteLinks>,
}

/// The header in which a trusted proxy names the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedFor {
    /// `X-Forwarded-For`, first entry.
    #[default]
    XForwardedFor,
    /// `X-Real-IP`.
    XRealIp,
}

impl ForwardedFor {
    pub(crate) const fn header(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::XRealIp => "x-real-ip",
        }
    }
}
