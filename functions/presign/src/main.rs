//! Entry point of the `presign` function.

use std::process::ExitCode;
use std::sync::Arc;

use or3_blobs::{FsBlobs, FsUrlSigner};
use or3_domain::clock::{Clock, SystemClock};
use or3_domain::ids::{Ids, SystemIds};
use or3_domain::storage::{BlobStore, UrlSigner};
use or3_runtime::{StartError, serve, start, wire};
use or3_s3::{S3Blobs, S3UrlSigner};
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
        let (blobs, signer) = provider(&storage, clock.clone(), ids.clone())?;
        let ports = Ports {
            enabled: features.storage.is_some(),
            sessions: wire::sessions(
                &auth,
                or3_oidc::key_source,
                state.accounts(),
                state.sessions(),
                clock.clone(),
                ids,
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
            blobs,
            signer,
            clock,
        };
        serve(&environment, router(ports), policy).await
    })
}

type Provider = (Arc<dyn BlobStore>, Arc<dyn UrlSigner>);

/// Where bytes live and who signs their URLs, as the settings chose.
fn provider(
    storage: &Storage,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Result<Provider, StartError> {
    if let Some(s3) = &storage.s3 {
        let blobs = S3Blobs::new(s3, clock).map_err(StartError::surroundings)?;
        let signer = S3UrlSigner::new(&blobs, s3);
        return Ok((Arc::new(blobs), Arc::new(signer)));
    }
    let signer = FsUrlSigner::new(wire::url_tokens(storage), storage.fs_max_byte_url_bytes);
    let blobs = FsBlobs::new(&storage.fs_root, clock, ids);
    Ok((Arc::new(blobs), Arc::new(signer)))
}
