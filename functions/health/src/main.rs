//! Entry point of the `health` function.

use std::process::ExitCode;
use std::sync::Arc;

use health::{Part, Ports, router};
use or3_domain::clock::{Clock, SystemClock};
use or3_domain::health::Probe;
use or3_domain::storage::DamageProbe;
use or3_runtime::{StartError, serve, start, wire};
use or3_s3::{S3Blobs, S3Probe};
use or3_settings::{
    AuthProvider, Database, DynamoDb, Environment, Features, Http, Limits, S3, StorageProvider,
    SyncProvider,
};
use or3_state::State;

fn main() -> ExitCode {
    start(async |environment| {
        let (features, database, http, limits) =
            environment.load::<(Features, Database, Http, Limits)>()?;
        let state = State::open(&database).map_err(StartError::surroundings)?;
        let of_database = |kind, provider: Option<_>| Part {
            kind,
            provider,
            probes: vec![state.probe()],
        };
        let bucket = bucket(&environment, features)?;
        let clock = Arc::new(SystemClock);
        let mut asked = vec![
            of_database("sync", features.sync.map(SyncProvider::id)),
            Part {
                probes: vec![
                    bucket.unwrap_or_else(|| state.probe()),
                    Arc::new(DamageProbe::new(state.file_index())),
                ],
                ..of_database("storage", features.storage.map(StorageProvider::id))
            },
            of_database("auth", features.auth.map(AuthProvider::id)),
        ];
        if let Some(table) = &limits.dynamodb {
            let probe = or3_dynamodb::probe(table).map_err(StartError::surroundings)?;
            asked.push(Part::of_limits(DynamoDb::ID, probe));
        }
        let ports = Ports {
            parts: asked,
            started: clock.now(),
            clock,
        };
        serve(&environment, router(ports), wire::http_policy(&http)).await
    })
}

/// Looks at the bucket of files, where there is one.
fn bucket(
    environment: &Environment,
    features: Features,
) -> Result<Option<Arc<dyn Probe>>, StartError> {
    if features.storage != Some(StorageProvider::S3) {
        return Ok(None);
    }
    let settings = environment.load::<S3>()?;
    let blobs = S3Blobs::new(&settings, Arc::new(SystemClock)).map_err(StartError::surroundings)?;
    Ok(Some(Arc::new(S3Probe::new(&blobs))))
}
