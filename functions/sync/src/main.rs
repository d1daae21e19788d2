//! Entry point of the `sync` function.

use std::process::ExitCode;
use std::sync::Arc;

use or3_domain::clock::SystemClock;
use or3_domain::ids::SystemIds;
use or3_domain::sync::News;
use or3_runtime::{StartError, serve, start, wire};
use or3_settings::{Auth, Database, Features, Http, Limits};
use or3_state::State;
use sync::{Ports, router};

fn main() -> ExitCode {
    start(async |environment| {
        let ((features, database, http), (auth, limits)) =
            environment.load::<((Features, Database, Http), (Auth, Limits))>()?;
        let state = State::open(&database).map_err(StartError::surroundings)?;
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let (accounts, contexts) = (state.accounts(), state.sessions());
        let policy = wire::http_policy(&http);
        let ports = Ports {
            store: state.sync_store(),
            news: News::default(),
            sessions: wire::sessions(
                &auth,
                or3_oidc::key_source,
                accounts,
                contexts,
                clock.clone(),
                ids.clone(),
            ),
            limits: wire::rate_limits(
                &limits,
                state.rate_limiter(),
                or3_dynamodb::rate_limiter,
                clock.clone(),
            )?,
            policy: Arc::new(policy.clone()),
            clock,
            ids,
            enabled: features.sync.is_some(),
        };
        serve(&environment, router(ports), policy).await
    })
}
