//! Entry point of the `admin` function.

use std::process::ExitCode;
use std::sync::Arc;

use admin::{Ports, router};
use or3_domain::clock::SystemClock;
use or3_domain::ids::SystemIds;
use or3_domain::invite::Invites;
use or3_runtime::{StartError, serve, start, wire};
use or3_settings::{Auth, Database, Features, Gc, Http, Limits};
use or3_state::State;

fn main() -> ExitCode {
    start(async |environment| {
        let ((features, auth, limits), (database, http, gc)) =
            environment.load::<((Features, Auth, Limits), (Database, Http, Gc))>()?;
        let state = State::open(&database).map_err(StartError::surroundings)?;
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let policy = wire::http_policy(&http);
        let config = wire::auth_config(&auth);
        let (accounts, contexts) = (state.accounts(), state.sessions());
        let ports = Ports {
            enabled: features.auth.is_some(),
            members: state.members(),
            invites: Invites::new(&config, state.invites(), clock.clone(), ids.clone()),
            gc_ledger: wire::gc_ledger(&limits, state.gc_ledger(), |table| {
                or3_dynamodb::gc_ledger(table, gc.run_retention)
            })?,
            sessions: wire::sessions(
                &auth,
                or3_oidc::key_source,
                accounts,
                contexts,
                clock.clone(),
                ids,
            ),
            policy: Arc::new(policy.clone()),
            clock,
        };
        serve(&environment, router(ports), policy).await
    })
}
