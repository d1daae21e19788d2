//! From settings to what domain and HTTP take: the only place where the two meet.

mod sessions;

use std::sync::Arc;

use or3_domain::auth::password::HashCost;
use or3_domain::auth::{AuthConfig, Email, ProvisioningFailure, Registration, Seal, Tokens};
use or3_domain::clock::Clock;
use or3_domain::invite::InviteKey;
use or3_domain::limits::Policies;
use or3_domain::storage::{UploadPolicy, UrlTokens};
use or3_http::{AuthCookies, HttpPolicy, InviteLinks};
use or3_settings::{Auth, ForwardedFor, Http, Limits, Storage};

pub use sessions::sessions;

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
        invite_links: None,
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

/// Secrets, lifetimes and rules of signing in.
pub fn auth_config(settings: &Auth) -> AuthConfig {
    let (access, refresh) = (&settings.jwt_secret, &settings.refresh_secret);
    AuthConfig {
        tokens: Tokens::new(
            (access.expose(), settings.access_ttl),
            (refresh.expose(), settings.refresh_ttl),
        ),
        seal: Seal::new(refresh.expose()),
        rotation_grace: settings.rotation_grace,
        registration: match settings.registration {
            or3_settings::RegistrationMode::Open => Registration::Open,
            or3_settings::RegistrationMode::InviteOnly => Registration::InviteOnly,
            or3_settings::RegistrationMode::Disabled => Registration::Disabled,
        },
        invites: invites(settings),
        invite_ttl: settings.invite_ttl,
        provisioning_failure: match settings.provisioning_failure {
            or3_settings::ProvisioningFailure::Throw => ProvisioningFailure::Throw,
            or3_settings::ProvisioningFailure::Unauthenticated => {
                ProvisioningFailure::Unauthenticated
            }
            or3_settings::ProvisioningFailure::ServiceUnavailable => {
                ProvisioningFailure::ServiceUnavailable
            }
        },
        bootstrap_email: settings
            .bootstrap
            .as_ref()
            .map(|account| Email::normalized(&account.email)),
        hash_cost: HashCost {
            memory_kib: settings.argon2_memory_kib,
            passes: settings.argon2_passes,
        },
        hashes_at_once: settings.argon2_parallel,
    }
}

fn invites(settings: &Auth) -> Option<InviteKey> {
    let secret = settings.invite_secret.as_ref();
    secret.map(|secret| InviteKey::new(secret.expose()))
}

fn registration(settings: &Auth) -> Registration {
    match settings.registration {
        or3_settings::RegistrationMode::Open => Registration::Open,
        or3_settings::RegistrationMode::InviteOnly => Registration::InviteOnly,
        or3_settings::RegistrationMode::Disabled => Registration::Disabled,
    }
}

fn provisioning_failure(settings: &Auth) -> ProvisioningFailure {
    match settings.provisioning_failure {
        or3_settings::ProvisioningFailure::Throw => ProvisioningFailure::Throw,
        or3_settings::ProvisioningFailure::Unauthenticated => ProvisioningFailure::Unauthenticated,
        or3_settings::ProvisioningFailure::ServiceUnavailable => {
            ProvisioningFailure::ServiceUnavailable
        }
    }
}

/// How invites that come by a link are kept: nothing unless registering takes one and there is a
/// secret to check it with.
pub fn invite_links(settings: &Auth, clock: Arc<dyn Clock>) -> Option<InviteLinks> {
    let secret = settings.invite_secret.as_ref()?;
    let invite_only = settings.registration == or3_settings::RegistrationMode::InviteOnly;
    invite_only.then(|| InviteLinks {
        key: InviteKey::new(secret.expose()),
        clock,
    })
}

/// How tokens become cookies.
pub fn auth_cookies(settings: &Auth) -> AuthCookies {
    AuthCookies {
        access_ttl: settings.access_ttl,
        refresh_ttl: settings.refresh_ttl,
        secure: settings.production,
    }
}

/// What may be uploaded.
pub fn upload_policy(settings: &Storage) -> UploadPolicy {
    UploadPolicy {
        max_file_bytes: settings.max_file_bytes,
        allowed_mime_types: settings.allowed_mime_types.clone(),
        workspace_quota_bytes: settings.workspace_quota_bytes,
    }
}

/// The tokens of the fs provider's URLs.
pub fn url_tokens(settings: &Storage) -> UrlTokens {
    UrlTokens::new(settings.fs_token_secret.expose(), settings.fs_url_ttl)
}
