//! Entry point of the `blobs` function.

use std::process::ExitCode;
use std::sync::Arc;

use blobs::{Ports, router};
use or3_blobs::FsBlobs;
use or3_domain::clock::SystemClock;
use or3_domain::ids::SystemIds;
use or3_runtime::{StartError, serve, start, wire};
use or3_settings::{Auth, Database, Features, Http, Storage, StorageProvider};
use or3_state::State;

fn main() -> ExitCode {
    start(async |environment| {
        let ((features, auth, storage), (database, http)) =
            environment.load::<((Features, Auth, Storage), (Database, Http))>()?;
        let state = State::open(&database).map_err(StartError::surroundings)?;
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let blobs = FsBlobs::new(&storage.fs_root, clock.clone(), ids.clone());
        let ports = Ports {
            enabled: features.storage == Some(StorageProvider::Fs),
            sessions: wire::sessions(
                &auth,
                or3_oidc::key_source,
                state.accounts(),
                state.sessions(),
                clock.clone(),
                ids,
            ),
            tokens: wire::url_tokens(&storage),
            blobs: Arc::new(blobs.verifying(storage.fs_verified_percent)),
            files: state.file_index(),
            clock,
        };
        serve(&environment, router(ports), wire::http_policy(&http)).await
    })
}
