//! Entry point of the `gc` function.

use std::process::ExitCode;
use std::sync::Arc;

use gc::{BlobGc, EventError, Ports, handle, router};
use or3_blobs::{FsBlobs, FsPartials};
use or3_domain::clock::{Clock, SystemClock};
use or3_domain::gc::{Collection, PartialCollector, history_collectors};
use or3_domain::ids::SystemIds;
use or3_domain::storage::BlobStore;
use or3_runtime::{StartError, serve_and_work, start, wire};
use or3_s3::S3Blobs;
use or3_settings::{
    AdminGate, Auth, Database, Features, Gc, Http, Limits, Storage, StorageProvider,
};
use or3_state::{KeptAfter, State};

fn main() -> ExitCode {
    start(async |environment| {
        let ((features, database, http), (auth, admin), (limits, gc, storage)) = environment
            .load::<(
                (Features, Database, Http),
                (Auth, AdminGate),
                (Limits, Gc, Storage),
            )>()?;
        let state = State::open(&database).map_err(StartError::surroundings)?;
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
        let (accounts, contexts) = (state.accounts(), state.sessions());
        let policy = wire::http_policy(&http);
        let kept = KeptAfter {
            invites: gc.invite_retention,
            runs: gc.run_retention,
            audit: gc.audit_retention,
        };
        let history = state.sync_history();
        let mut collectors = state.row_collectors(kept);
        collectors.extend(history_collectors(&history, wire::history_kept(&gc)));
        let volume = FsBlobs::new(&storage.fs_root, clock.clone(), ids.clone());
        if features.storage == Some(StorageProvider::Fs) {
            let uploads = Arc::new(FsPartials::new(&volume));
            collectors.push(Arc::new(PartialCollector::new(uploads)));
        }
        let blob_gc = BlobGc {
            blobs: provider(&storage, volume, clock.clone())?,
            claims: state.blob_claims(),
            files: state.file_index(),
            ids: ids.clone(),
            retention: gc.blob_retention,
            cooldown: gc.blob_cooldown,
            enabled: gc.blobs_enabled,
        };
        let check = blob_gc.check();
        if features.storage.is_some() {
            collectors.extend(blob_gc.collectors(clock.clone()));
        }
        let ledger = wire::gc_ledger(&limits, state.gc_ledger(), |table| {
            or3_dynamodb::gc_ledger(table, gc.run_retention)
        })?;
        let collection = Collection::new(collectors, ledger, clock.clone(), ids.clone())
            .taking_stock(state.stock(), gc.device_expiry);
        let ports = Ports {
            history,
            collection: collection.clone(),
            blob_gc,
            audit: state.audit_log(),
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
                clock.clone(),
            )?,
            admins: wire::admins(&admin, clock.clone()),
            policy: Arc::new(policy.clone()),
            clock,
            enabled: features.auth.is_some(),
            sync_enabled: features.sync.is_some(),
            storage_enabled: features.storage.is_some(),
        };
        let (collection, check) = (&collection, &check);
        serve_and_work(&environment, router(ports), policy, async |invocation| {
            let run = handle(collection, check, &invocation.event, invocation.until).await?;
            Ok::<_, EventError>(serde_json::json!(run))
        })
        .await
    })
}

/// Where bytes live, as the settings chose.
fn provider(
    storage: &Storage,
    volume: FsBlobs,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn BlobStore>, StartError> {
    Ok(match &storage.s3 {
        Some(s3) => Arc::new(S3Blobs::new(s3, clock).map_err(StartError::surroundings)?),
        None => Arc::new(volume),
    })
}
