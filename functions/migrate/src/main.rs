//! Entry point of the `migrate` function.

use std::process::ExitCode;
use std::sync::Arc;

use migrate::{Ports, handle};
use or3_blobs::FsBlobs;
use or3_domain::clock::SystemClock;
use or3_domain::ids::SystemIds;
use or3_domain::storage::BlobRoot;
use or3_runtime::{StartError, on_event, start, wire};
use or3_settings::{Database, Features, FsRoot, Passwords, StorageProvider};
use or3_state::State;

fn main() -> ExitCode {
    start(async |environment| {
        let ((features, passwords), (database, FsRoot(root))) =
            environment.load::<((Features, Passwords), (Database, FsRoot))>()?;
        let state = State::open(&database).map_err(StartError::surroundings)?;
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let on_volume = features.storage == Some(StorageProvider::Fs);
        let volume = on_volume.then(|| FsBlobs::new(&root, clock.clone(), ids.clone()));
        let ports = Ports {
            volume: volume.map(|volume| Arc::new(volume) as Arc<dyn BlobRoot>),
            bootstrap: wire::bootstrap_account(
                &features,
                &passwords,
                state.accounts(),
                clock.clone(),
                ids,
            ),
            schema: State::schema(database, clock),
        };
        on_event(&environment, |_event| {
            let ports = ports.clone();
            async move {
                handle(&ports)
                    .await
                    .map(|migrated| serde_json::json!(migrated))
            }
        })
        .await
    })
}
