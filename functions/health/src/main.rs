//! Entry point of the `health` function.

use std::process::ExitCode;
use std::sync::Arc;

use health::{Part, Ports, router};
use or3_domain::clock::{Clock, SystemClock};
use or3_runtime::{serve, start, wire};
use or3_settings::{AuthProvider, Database, Features, Http, StorageProvider, SyncProvider};
use or3_state::State;

fn main() -> ExitCode {
    start(async |environment| {
        let (features, database, http) = environment.load::<(Features, Database, Http)>()?;
        let state = State::open(&database).map_err(or3_runtime::StartError::surroundings)?;
        let part = |kind, provider: Option<_>| Part {
            kind,
            provider,
            probe: state.probe(),
        };
        let clock = Arc::new(SystemClock);
        let ports = Ports {
            parts: [
                part("sync", features.sync.map(SyncProvider::id)),
                part("storage", features.storage.map(StorageProvider::id)),
                part("auth", features.auth.map(AuthProvider::id)),
            ],
            started: clock.now(),
            clock,
        };
        serve(&environment, router(ports), wire::http_policy(&http)).await
    })
}
