//! The sync endpoints on a database of their own, with sessions that a vector makes up and a
//! clock that it moves.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use or3_blobs::FsBlobs;
use or3_domain::clock::Timestamp;
use or3_domain::gc::Collection;
use or3_domain::limits::Policies;
use or3_domain::sync::News;
use or3_http::RateLimits;
use or3_settings::Database;
use or3_state::State;
use or3_testkit::{Client, FakeSessions, FixedClock, SequentialIds, no_admins, seed_workspace};
use tempfile::TempDir;

pub(crate) struct Server {
    pub(crate) client: Client,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) sessions: Arc<FakeSessions>,
    _folder: TempDir,
}

impl Server {
    /// A server whose database knows `workspaces` and nothing else.
    pub(crate) async fn start(at: Timestamp, workspaces: impl IntoIterator<Item = &str>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let state = migrated(folder.path(), at).await;
        let contexts = state.sessions();
        for workspace in workspaces {
            seed_workspace(&*contexts, workspace).await;
        }
        let clock = Arc::new(FixedClock::at(at));
        let sessions = Arc::new(FakeSessions::default());
        Self {
            client: Client::new(router(&state, &clock, &sessions)),
            clock,
            sessions,
            _folder: folder,
        }
    }
}

async fn migrated(folder: &Path, at: Timestamp) -> State {
    let settings = Database::file(folder.join("or3.db"), 1);
    State::migrate(&settings, at)
        .await
        .expect("an empty database");
    State::open(&settings).expect("a migrated database")
}

fn router(state: &State, clock: &Arc<FixedClock>, sessions: &Arc<FakeSessions>) -> Router {
    let limits = RateLimits {
        limiter: state.rate_limiter(),
        policies: Policies::standard(),
        clock: clock.clone(),
    };
    let changes = sync::Ports {
        store: state.sync_store(),
        news: News::default(),
        sessions: sessions.extractor(),
        limits: limits.clone(),
        policy: Arc::default(),
        clock: clock.clone(),
        ids: Arc::new(SequentialIds::default()),
        enabled: true,
    };
    let history = gc::Ports {
        history: state.sync_history(),
        blob_gc: gc::BlobGc {
            blobs: Arc::new(FsBlobs::new(
                "no files here",
                clock.clone(),
                Arc::new(SequentialIds::default()),
            )),
            claims: state.blob_claims(),
            files: state.file_index(),
            ids: Arc::new(SequentialIds::default()),
            retention: Duration::ZERO,
            cooldown: Duration::ZERO,
            enabled: false,
        },
        collection: Collection::new(
            Vec::new(),
            state.gc_ledger(),
            clock.clone(),
            Arc::new(SequentialIds::default()),
        ),
        sessions: sessions.extractor(),
        admins: no_admins(clock.clone()),
        audit: state.audit_log(),
        limits,
        policy: Arc::default(),
        clock: clock.clone(),
        enabled: true,
        sync_enabled: true,
        storage_enabled: false,
    };
    sync::router(changes).merge(gc::router(history))
}
