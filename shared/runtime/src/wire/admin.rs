//! How administrators are known, and what they see of the settings.

use std::sync::Arc;

use or3_domain::admin::{
    AdminAccount, AdminCredentials, AdminLogin, AdminTokens, ConfigEntry, Provider,
};
use or3_domain::auth::PasswordHashing;
use or3_domain::clock::Clock;
use or3_domain::health::Probe;
use or3_domain::ids::Ids;
use or3_http::Admins;
use or3_settings::{
    Admin, AdminGate, AdminKnown, Auth, AuthProvider, Effective, Environment, Features, Passwords,
    Source, StorageProvider, SyncProvider,
};
use serde_json::{Value, json};

use super::hash_cost;

/// How the super admin is known.
pub fn admins(settings: &AdminGate, clock: Arc<dyn Clock>) -> Admins {
    Admins {
        tokens: settings.known_by.as_ref().map(tokens),
        allowed_hosts: settings.allowed_hosts.clone().into(),
        clock,
    }
}

fn tokens(known: &AdminKnown) -> AdminTokens {
    AdminTokens::new(known.jwt_secret.expose(), known.jwt_ttl)
}

/// The super admin's account over `store` (`State::admin_credentials()`), where the deployment names
/// one.
pub fn admin_account(
    settings: &Admin,
    passwords: &Passwords,
    store: Arc<dyn AdminCredentials>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Option<AdminAccount> {
    let (gate, password) = settings.account.as_ref()?;
    let known = gate.known_by.as_ref()?;
    let first = AdminLogin {
        username: known.username.clone(),
        password: password.expose().to_owned(),
    };
    let hashing = PasswordHashing::new(hash_cost(passwords), 1, ids);
    Some(AdminAccount::new(
        first,
        tokens(known),
        store,
        hashing,
        clock,
    ))
}

/// The parts of the product as administrators see them; `rows` and `bytes` are asked how they are.
pub fn providers(
    features: &Features,
    auth: &Auth,
    rows: &[Arc<dyn Probe>],
    bytes: &[Arc<dyn Probe>],
) -> Vec<Provider> {
    let part = |kind, id: Option<&'static str>, details, probes: &[Arc<dyn Probe>]| Provider {
        kind,
        id,
        details,
        probes: id.map(|_| probes.to_vec()).unwrap_or_default(),
    };
    let passwords = features.auth == Some(AuthProvider::BasicAuth);
    let details = if passwords {
        basic_auth(auth)
    } else {
        Vec::new()
    };
    vec![
        part("auth", features.auth.map(AuthProvider::id), details, &[]),
        part(
            "sync",
            features.sync.map(SyncProvider::id),
            vec![("driver", json!("libsql"))],
            rows,
        ),
        part(
            "storage",
            features.storage.map(StorageProvider::id),
            Vec::new(),
            bytes,
        ),
    ]
}

/// What the contract tells of this provider (auth contract, 10.8), without the path of a database.
fn basic_auth(auth: &Auth) -> Vec<(&'static str, Value)> {
    let passwords = &auth.passwords;
    let bootstrap = passwords.bootstrap_email.is_some();
    vec![
        (
            "jwtSecretConfigured",
            json!(!auth.jwt_secret.expose().is_empty()),
        ),
        (
            "refreshSecretConfigured",
            json!(!auth.refresh_secret.expose().is_empty()),
        ),
        ("bootstrapConfigured", json!(bootstrap)),
        ("accessTtlSeconds", json!(auth.access_ttl.as_secs())),
        ("refreshTtlSeconds", json!(auth.refresh_ttl.as_secs())),
    ]
}

/// The settings in force, for administrators.
pub fn config_entries(environment: &Environment) -> Vec<ConfigEntry> {
    let mut entries: Vec<ConfigEntry> = Vec::new();
    for found in environment.effective() {
        let in_group = entries.iter().rev();
        let in_group = in_group.take_while(|entry| entry.group == found.section);
        let order = in_group.count() + 1;
        entries.push(entry(found, order));
    }
    entries
}

fn entry(found: Effective, order: usize) -> ConfigEntry {
    let variable = found.variable;
    ConfigEntry {
        key: variable.name,
        value: found.value,
        masked: found.masked,
        source: found.source.as_str(),
        given_as: match found.source {
            Source::Given(name) if name != variable.name => Some(name),
            _ => None,
        },
        default: variable.default,
        description: variable.meaning,
        group: found.section,
        order,
    }
}
