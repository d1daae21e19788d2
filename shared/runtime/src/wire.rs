//! From settings to what domain and HTTP take: the only place where the two meet.

use or3_domain::limits::Policies;
use or3_http::HttpPolicy;
use or3_settings::{ForwardedFor, Http, Limits};

/// How the HTTP layers treat origins, proxies and HTTPS.
pub fn http_policy(settings: &Http) -> HttpPolicy {
    HttpPolicy {
        allowed_origins: settings.allowed_origins.clone(),
        force_https: settings.force_https,
        trust_proxy: settings.trust_proxy,
        forwarded_for: match settings.forwarded_for {
            ForwardedFor::XForwardedFor => or3_http::ForwardedFor::XForwardedFor,
            ForwardedFor::XRealIp => or3_http::ForwardedFor::XRealIp,
        },
        secure_cookies: settings.production,
    }
}

/// The rate limits in force.
pub fn policies(settings: &Limits) -> Policies {
    if settings.disabled {
        return Policies::disabled();
    }
    settings
        .overrides
        .iter()
        .fold(Policies::standard(), |policies, (name, change)| {
            policies.with(name, change.max_requests, change.window)
        })
}
