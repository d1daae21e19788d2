//! Entry point of the `admin` function.

use std::process::ExitCode;
use std::sync::Arc;

use admin::{Ports, router};
use or3_domain::clock::SystemClock;
use or3_domain::ids::SystemIds;
use or3_domain::invite::Invites;
use or3_runtime::{StartError, serve, start, wire};
use or3_settings::{Admin, AdminGate, Auth, Database, Features, Gc, Http, Limits};
use or3_state::State;

fn main() -> ExitCode {
    start(async |environment| {
        let ((features, auth, limits), (admin, gate), (database, http, gc)) = environment.load::<(
            (Features, Auth, Limits),
            (Admin, AdminGate),
            (Database, Http, Gc),
        )>(
        )?;
        let state = State::open(&database).map_err(StartError::surroundings)?;
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let policy = wire::http_policy(&http);
        let config = wire::auth_config(&auth);
        let (accounts, contexts) = (state.accounts(), state.sessions());
        let ports = Ports {
            enabled: features.auth.is_some(),
            account: wire::admin_account(
                &admin,
                &auth.passwords,
                state.admin_credentials(),
                clock.clone(),
                ids.clone(),
            ),
            admins: wire::admins(&gate, clock.clone()),
            directory: state.directory(),
            members: state.members(),
            invites: Invites::new(&config, state.invites(), clock.clone(), ids.clone()),
            audit: state.audit_log(),
            gc_ledger: wire::gc_ledger(&limits, state.gc_ledger(), |table| {
                or3_dynamodb::gc_ledger(table, gc.run_retention)
            })?,
            // Bytes are asked after by `health`, which may look at them.
            providers: wire::providers(&features, &auth, &[state.probe()], &[]).into(),
            config: wire::config_entries(&environment).into(),
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
        };
        serve(&environment, router(ports), policy).await
    })
}
