//! Entry point of the `uploads` function.

use std::process::ExitCode;
use std::sync::Arc;

use or3_blobs::{FsBlobs, FsPartials};
use or3_domain::clock::SystemClock;
use or3_domain::ids::SystemIds;
use or3_runtime::{StartError, serve, start, wire};
use or3_settings::{Auth, Database, Features, Http, Limits, Storage, StorageProvider};
use or3_state::State;
use uploads::{Ports, router};

fn main() -> ExitCode {
    start(async |environment| {
        let ((features, auth, storage), (database, http, limits)) =
            environment.load::<((Features, Auth, Storage), (Database, Http, Limits))>()?;
        let state = State::open(&database).map_err(StartError::surroundings)?;
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let policy = wire::http_policy(&http);
        let blobs = FsBlobs::new(&storage.fs_root, clock.clone(), ids.clone());
        let ports = Ports {
            enabled: features.storage == Some(StorageProvider::Fs),
            sessions: wire::sessions(
                &auth,
                or3_oidc::key_source,
                state.accounts(),
                state.sessions(),
                clock.clone(),
                ids.clone(),
            ),
            limits: wire::rate_limits(
                &limits,
                state.rate_limiter(),
                or3_dynamodb::rate_limiter,
                clock.clone(),
            )?,
            http: Arc::new(policy.clone()),
            policy: wire::upload_policy(&storage),
            files: state.file_index(),
            partials: Arc::new(FsPartials::new(&blobs)),
            blobs: Arc::new(blobs),
            tokens: wire::url_tokens(&storage),
            lifetime: storage.fs_upload_ttl,
            clock,
            ids,
        };
        serve(&environment, router(ports), policy).await
    })
}
