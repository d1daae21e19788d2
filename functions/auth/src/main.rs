//! Entry point of the `auth` function.

use std::process::ExitCode;
use std::sync::Arc;

use auth::{Ports, router};
use or3_domain::auth::Accounts;
use or3_domain::clock::SystemClock;
use or3_domain::ids::SystemIds;
use or3_runtime::{StartError, serve, start, wire};
use or3_settings::{Auth, AuthProvider, Database, Features, Http, Limits, TestMode};
use or3_state::State;

fn main() -> ExitCode {
    start(async |environment| {
        let ((features, auth, database), (http, limits, tests)) =
            environment.load::<((Features, Auth, Database), (Http, Limits, TestMode))>()?;
        let state = State::open(&database).map_err(StartError::surroundings)?;
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let policy = wire::http_policy(&http);
        let passwords = features.auth == Some(AuthProvider::BasicAuth);
        let config = Arc::new(wire::auth_config(&auth));
        let ports = Ports {
            enabled: features.auth.is_some(),
            accounts: passwords
                .then(|| Accounts::new(config, state.accounts(), clock.clone(), ids.clone())),
            test_secret: wire::test_secret(&tests),
            audit: state.audit_log(),
            clock: clock.clone(),
            sessions: wire::sessions(
                &auth,
                or3_oidc::key_source,
                state.accounts(),
                state.sessions(),
                clock.clone(),
                ids,
            ),
            limits: wire::rate_limits(
                &limits,
                state.rate_limiter(),
                or3_dynamodb::rate_limiter,
                clock,
            )?,
            policy: Arc::new(policy.clone()),
        };
        serve(&environment, router(ports), policy).await
    })
}
