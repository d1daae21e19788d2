//! What the layers need to know of the deployment.

use std::time::Duration;

use crate::layers::InviteLinks;

/// Origins, proxies, HTTPS, patience (auth contract, 6.5, 11.5 and 12).
#[derive(Clone, Debug)]
pub struct HttpPolicy {
    /// Origins that may read answers with credentials; empty admits `*` without credentials.
    pub allowed_origins: Vec<String>,
    /// How long a browser may remember the answer to a preflight.
    pub preflight_max_age: Duration,
    /// How long a handler may take after the last byte of its request, and how long nothing may come
    /// of a body that it reads; [`Duration::MAX`] is without end.
    pub request_timeout: Duration,
    /// Plain HTTP is redirected, except on loopback hosts; answers by HTTPS tell browsers to come by
    /// HTTPS only.
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

impl Default for HttpPolicy {
    /// What the settings default to in development.
    fn default() -> Self {
        Self {
            allowed_origins: Vec::new(),
            preflight_max_age: Duration::from_hours(1),
            request_timeout: Duration::from_mins(1),
            force_https: false,
            trust_proxy: false,
            forwarded_for: ForwardedFor::default(),
            secure_cookies: false,
            invite_links: None,
        }
    }
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
