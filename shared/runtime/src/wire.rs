//! From settings to what domain and HTTP take: the only place where the two meet.

mod admin;
mod limits;
mod sessions;

use std::sync::Arc;

use or3_domain::auth::password::HashCost;
use or3_domain::auth::{
    AccountStore, AuthConfig, BootstrapAccount, Email, ProvisioningFailure, Seal, Tokens,
};
use or3_domain::clock::{Clock, SystemClock};
use or3_domain::gc::HistoryKept;
use or3_domain::ids::Ids;
use or3_domain::invite::InviteKey;
use or3_domain::storage::{UploadPolicy, UrlTokens};
use or3_http::{AuthCookies, HttpPolicy, InviteLinks};
use or3_settings::{
    Auth, AuthProvider, Features, ForwardedFor, Gc, Http, Passwords, Registration,
    RegistrationMode, Secret, Storage, TestMode,
};

pub use admin::{admin_account, admins, config_entries, providers};
pub use limits::{gc_ledger, rate_limits};
pub use sessions::sessions;

/// How the HTTP layers treat origins, proxies, HTTPS and invite links.
pub fn http_policy(settings: &Http) -> HttpPolicy {
    let links = settings.invite_links.as_ref().map(|secret| InviteLinks {
        key: InviteKey::new(secret.expose()),
        clock: Arc::new(SystemClock),
    });
    HttpPolicy {
        allowed_origins: settings.allowed_origins.clone(),
        preflight_max_age: settings.preflight_max_age,
        request_timeout: settings.request_timeout,
        force_https: settings.force_https,
        trust_proxy: settings.trust_proxy,
        forwarded_for: match settings.forwarded_for {
            ForwardedFor::XForwardedFor => or3_http::ForwardedFor::XForwardedFor,
            ForwardedFor::XRealIp => or3_http::ForwardedFor::XRealIp,
        },
        secure_cookies: settings.production,
        invite_links: links,
    }
}

/// Secrets, lifetimes and rules of signing in.
pub fn auth_config(settings: &Auth) -> AuthConfig {
    let (access, refresh) = (&settings.jwt_secret, &settings.refresh_secret);
    AuthConfig {
        tokens: Tokens::new(
            (access.expose(), settings.access_ttl),
            (refresh.expose(), settings.refresh_ttl),
        )
        .ending_after(settings.session_max),
        seal: Seal::new(refresh.expose()),
        rotation_grace: settings.rotation_grace,
        registration: registration(&settings.registration),
        invites: invites(&settings.registration),
        invite_ttl: settings.registration.invite_ttl,
        provisioning_failure: provisioning_failure(settings),
        bootstrap_email: bootstrap_email(&settings.passwords),
        blocked_words: settings.passwords.blocked_words.clone(),
        hash_cost: hash_cost(&settings.passwords),
        hashes_at_once: settings.passwords.argon2_parallel,
    }
}

/// The account that exists from the start, where the deployment names one with its password and
/// identities are proved by passwords. Whoever migrates the database creates it.
pub fn bootstrap_account(
    features: &Features,
    settings: &Passwords,
    accounts: Arc<dyn AccountStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Option<BootstrapAccount> {
    if features.auth != Some(AuthProvider::BasicAuth) {
        return None;
    }
    let email = settings.bootstrap_email.as_deref();
    let password = settings.bootstrap_password.as_ref().map(Secret::expose);
    if email.is_some() != password.is_some() {
        tracing::warn!(
            "OR3_BASIC_AUTH_BOOTSTRAP_EMAIL and OR3_BASIC_AUTH_BOOTSTRAP_PASSWORD belong together: \
             with one of them no account is created"
        );
    }
    let named = email.zip(password)?;
    let cost = hash_cost(settings);
    Some(BootstrapAccount::new(named, cost, accounts, clock, ids))
}

fn hash_cost(settings: &Passwords) -> HashCost {
    HashCost {
        memory_kib: settings.argon2_memory_kib,
        passes: settings.argon2_passes,
    }
}

fn bootstrap_email(settings: &Passwords) -> Option<Email> {
    let email = settings.bootstrap_email.as_deref();
    email.map(Email::normalized)
}

fn invites(settings: &Registration) -> Option<InviteKey> {
    let secret = settings.invite_secret.as_ref();
    secret.map(|secret| InviteKey::new(secret.expose()))
}

fn registration(settings: &Registration) -> or3_domain::auth::Registration {
    match settings.mode {
        RegistrationMode::Open => or3_domain::auth::Registration::Open,
        RegistrationMode::InviteOnly => or3_domain::auth::Registration::InviteOnly,
        RegistrationMode::Disabled => or3_domain::auth::Registration::Disabled,
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

/// What tests must know that sign in as anybody, where they may.
pub fn test_secret(settings: &TestMode) -> Option<Arc<str>> {
    let secret = settings.secret.as_ref()?;
    tracing::warn!("OR3_TEST_MODE: whoever knows OR3_TEST_SECRET can sign in as anybody");
    Some(secret.expose().into())
}

/// How tokens become cookies.
pub fn auth_cookies(settings: &Auth) -> AuthCookies {
    AuthCookies {
        access_ttl: settings.access_ttl,
        refresh_ttl: settings.refresh_ttl,
        secure: settings.production,
    }
}

/// How long history is kept.
pub fn history_kept(settings: &Gc) -> HistoryKept {
    HistoryKept {
        retention: settings.sync_retention,
        device_expiry: settings.device_expiry,
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
