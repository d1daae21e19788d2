//! Entry point of the `stream` function.

use std::process::ExitCode;
use std::sync::Arc;

use or3_domain::clock::SystemClock;
use or3_domain::ids::SystemIds;
use or3_domain::sync::News;
use or3_runtime::{StartError, serve_streaming, start, wire};
use or3_settings::{Auth, Database, Features, Http, Limits, Stream};
use or3_state::State;
use stream::{Ports, Timing, Watch, router};

fn main() -> ExitCode {
    start(async |environment| {
        let ((features, database, stream), (auth, http, limits)) =
            environment.load::<((Features, Database, Stream), (Auth, Http, Limits))>()?;
        let state = State::open(&database).map_err(StartError::surroundings)?;
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let (accounts, contexts) = (state.accounts(), state.sessions());
        let policy = wire::http_policy(&http);
        let ports = Ports {
            watch: Arc::new(Watch::new(state.sync_heads(), News::default(), stream.poll)),
            timing: Timing {
                heartbeat: stream.heartbeat,
                lifetime: stream.lifetime,
            },
            sessions: wire::sessions(
                &auth,
                or3_oidc::key_source,
                accounts,
                contexts,
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
            enabled: features.sync.is_some(),
        };
        serve_streaming(&environment, router(ports), policy).await
    })
}
