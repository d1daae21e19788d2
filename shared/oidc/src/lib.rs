//! The public keys of an OpenID provider, over HTTPS: the port
//! [`KeySource`] of `or3-domain`, which also decides when this is asked.

mod client;

use std::sync::Arc;

use or3_domain::auth::oidc::KeySource;
use or3_settings::Oidc;

use client::JwksClient;

/// The keys that the provider of this deployment publishes. Nothing is sent before the first
/// fetch.
pub fn key_source(settings: &Oidc) -> Arc<dyn KeySource> {
    Arc::new(JwksClient::new(&settings.jwks_url))
}
