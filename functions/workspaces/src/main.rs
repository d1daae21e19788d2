//! Entry point of the `workspaces` function.

use std::process::ExitCode;
use std::sync::Arc;

use or3_domain::clock::SystemClock;
use or3_domain::ids::SystemIds;
use or3_runtime::{StartError, serve, start, wire};
use or3_settings::{Auth, Database, Features, Http};
use or3_state::State;
use workspaces::{Ports, router};

fn main() -> ExitCode {
    start(async |environment| {
        let ((features, auth), (database, http)) =
            environment.load::<((Features, Auth), (Database, Http))>()?;
        let state = State::open(&database).map_err(StartError::surroundings)?;
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let policy = wire::http_policy(&http);
        let ports = Ports {
            enabled: features.auth.is_some(),
            workspaces: state.workspaces(),
            sessions: wire::sessions(
                &auth,
                or3_oidc::key_source,
                state.accounts(),
                state.sessions(),
                clock.clone(),
                ids.clone(),
            ),
            policy: Arc::new(policy.clone()),
            clock,
            ids,
        };
        serve(&environment, router(ports), policy).await
    })
}
