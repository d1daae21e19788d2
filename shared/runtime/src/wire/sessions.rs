//! How callers are known.

use std::sync::Arc;

use or3_domain::auth::oidc::{KeySource, Keyring, OidcConfig, OidcSessions};
use or3_domain::auth::{AccountStore, Admission, BasicAuthSessions, Provisioning, SessionStore};
use or3_domain::clock::Clock;
use or3_domain::ids::Ids;
use or3_http::{AccessToken, Sessions};
use or3_settings::{Auth, Oidc};

use super::{auth_config, auth_cookies, invites, provisioning_failure, registration};

/// What a function takes to know its callers: `State::accounts()` and `State::sessions()` behind
/// the tokens of this deployment, or of the OpenID provider that it chose. Then `key_source`
/// (`or3_oidc::key_source`) says where that provider's keys come from; it is not called otherwise.
pub fn sessions(
    settings: &Auth,
    key_source: impl FnOnce(&Oidc) -> Arc<dyn KeySource>,
    accounts: Arc<dyn AccountStore>,
    contexts: Arc<dyn SessionStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Sessions {
    let cookies = auth_cookies(settings);
    let Some(oidc) = &settings.oidc else {
        let config = Arc::new(auth_config(settings));
        let resolver = BasicAuthSessions::new(config, accounts, contexts, clock, ids);
        return Sessions {
            resolver: Arc::new(resolver),
            cookies,
            access: AccessToken::OwnCookie,
        };
    };
    let keyring = Keyring::new(key_source(oidc), Arc::clone(&clock));
    let provisioning = Provisioning::new(
        admission(settings),
        Arc::clone(&contexts),
        Arc::clone(&clock),
        ids,
    );
    let resolver = OidcSessions::new(oidc_config(oidc), keyring, contexts, provisioning, clock);
    Sessions {
        resolver: Arc::new(resolver),
        cookies,
        access: AccessToken::Foreign {
            cookie: oidc.cookie.as_str().into(),
        },
    }
}

/// The account that exists from the start is a password account: nobody else is exempt for an
/// address.
fn admission(settings: &Auth) -> Admission {
    Admission {
        registration: registration(&settings.registration),
        failure: provisioning_failure(settings),
        bootstrap_email: None,
        invites: invites(&settings.registration),
    }
}

fn oidc_config(settings: &Oidc) -> OidcConfig {
    OidcConfig {
        issuer: settings.issuer.clone(),
        audiences: settings.audiences.clone(),
        email_claim: settings.email_claim.clone(),
        name_claim: settings.name_claim.clone(),
    }
}
