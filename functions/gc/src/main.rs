//! Entry point of the `gc` function.

use std::process::ExitCode;
use std::sync::Arc;

use gc::{EventError, Ports, handle, router};
use or3_domain::clock::SystemClock;
use or3_domain::gc::Collection;
use or3_domain::ids::SystemIds;
use or3_http::RateLimits;
use or3_runtime::{StartError, serve_and_work, start, wire};
use or3_settings::{Auth, Database, Features, Gc, Http, Limits};
use or3_state::{KeptAfter, State};

fn main() -> ExitCode {
    start(async |environment| {
        let ((features, database, http), (auth, limits, gc)) =
            environment.load::<((Features, Database, Http), (Auth, Limits, Gc))>()?;
        let state = State::open(&database).map_err(StartError::surroundings)?;
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let (accounts, contexts) = (state.accounts(), state.sessions());
        let policy = wire::http_policy(&http);
        let kept = KeptAfter {
            invites: gc.invite_retention,
            runs: gc.run_retention,
        };
        let collection = Collection::new(
            state.row_collectors(kept),
            state.gc_ledger(),
            clock.clone(),
            ids.clone(),
        );
        let ports = Ports {
            history: state.sync_history(),
            sessions: wire::sessions(
                &auth,
                or3_oidc::key_source,
                accounts,
                contexts,
                clock.clone(),
                ids,
            ),
            limits: RateLimits {
                limiter: state.rate_limiter(),
                policies: wire::policies(&limits),
                clock: clock.clone(),
            },
            policy: Arc::new(policy.clone()),
            clock,
            sync_enabled: features.sync.is_some(),
        };
        let collection = &collection;
        serve_and_work(&environment, router(ports), policy, async |invocation| {
            let run = handle(collection, &invocation.event, invocation.until).await?;
            Ok::<_, EventError>(serde_json::json!(run))
        })
        .await
    })
}
