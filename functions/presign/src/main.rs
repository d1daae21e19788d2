//! Entry point of the `presign` function.

use std::process::ExitCode;
use std::sync::Arc;

use or3_blobs::{FsBlobs, FsUrlSigner};
use or3_domain::clock::SystemClock;
use or3_domain::ids::SystemIds;
use or3_http::RateLimits;
use or3_runtime::{StartError, serve, start, wire};
use or3_settings::{Auth, Database, Features, Http, Limits, Storage};
use or3_state::State;
use presign::{Ports, router};

fn main() -> ExitCode {
    start(async |environment| {
        let ((features, auth, storage), (database, http, limits)) =
            environment.load::<((Features, Auth, Storage), (Database, Http, Limits))>()?;
        let state = State::open(&database).map_err(StartError::surroundings)?;
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let policy = wire::http_policy(&http);
        let tokens = wire::url_tokens(&storage);
        let ports = Ports {
            enabled: features.storage.is_some(),
            sessions: wire::sessions(
                &auth,
                or3_oidc::key_source,
                state.accounts(),
                state.sessions(),
                clock.clone(),
                ids.clone(),
            ),
            limits: RateLimits {
                limiter: state.rate_limiter(),
                policies: wire::policies(&limits),
                clock: clock.clone(),
            },
            http: Arc::new(policy.clone()),
            policy: wire::upload_policy(&storage),
            files: state.file_index(),
            blobs: Arc::new(FsBlobs::new(&storage.fs_root, clock.clone(), ids)),
            signer: Arc::new(FsUrlSigner::new(tokens, storage.fs_max_byte_url_bytes)),
            clock,
        };
        serve(&environment, router(ports), policy).await
    })
}
