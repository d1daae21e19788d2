//! A workspace with files.

use std::sync::Arc;
use std::time::Duration;

use gc::{BlobGc, Ports, handle, router};
use or3_blobs::FsBlobs;
use or3_domain::auth::Session;
use or3_domain::clock::{Clock, SystemClock, Timestamp};
use or3_domain::gc::{BlobCollector, Collection, Run};
use or3_domain::ids::{SystemIds, UserId, WorkspaceId};
use or3_domain::limits::Policies;
use or3_domain::storage::{BlobKey, BlobStore, CommittedFile, ContentHash, Reservation, Reserved};
use or3_domain::store::StoreError;
use or3_domain::sync::{Fingerprint, Op, Operation, Revision, Table};
use or3_http::RateLimits;
use or3_s3::S3Blobs;
use or3_settings::{Database, Environment, S3};
use or3_state::State;
use or3_state::faults::Lifespan;
use or3_testkit::blob_store_suite::{body, key_in};
use or3_testkit::{
    Client, FakeSessions, FixedClock, S3Server, admins, collect_pass, seed_workspace, survey_pass,
};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const DAY: Duration = Duration::from_hours(24);
pub(crate) const RETENTION: Duration = Duration::from_hours(24 * 30);
/// A day less than the window.
pub(crate) const ALMOST: Duration = Duration::from_hours(24 * 29);

/// Its clock begins now, because files carry the time of the volume.
pub(crate) struct Depot {
    pub(crate) state: State,
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) sessions: Arc<FakeSessions>,
    folder: TempDir,
    ops: std::sync::atomic::AtomicU32,
}

impl Depot {
    /// Over a volume.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let volume = volume(&folder);
        volume.create().await.expect("a root");
        Self::of(folder, Arc::new(volume)).await
    }

    /// Over a bucket.
    pub(crate) async fn over(server: &S3Server) -> Self {
        let settings = Environment::of(server.settings()).load();
        let settings: S3 = settings.expect("settings");
        let bucket = S3Blobs::new(&settings, Arc::new(SystemClock)).expect("a store");
        let folder = tempfile::tempdir().expect("a folder");
        Self::of(folder, Arc::new(bucket)).await
    }

    async fn of(folder: TempDir, blobs: Arc<dyn BlobStore>) -> Self {
        let clock = Arc::new(FixedClock::at(
            SystemClock.now().plus(Duration::from_secs(1)),
        ));
        let settings = settings(&folder);
        let migrated = State::migrate(&settings, clock.now()).await;
        migrated.expect("an empty database");
        let state = State::open(&settings).expect("a migrated database");
        seed_workspace(&*state.sessions(), "ws").await;
        Self {
            state,
            blobs,
            clock,
            sessions: Arc::default(),
            folder,
            ops: std::sync::atomic::AtomicU32::new(0),
        }
    }

    /// Another process at the same files, which waits where `life` says.
    pub(crate) fn process(&self, life: &Lifespan) -> State {
        State::mortal(&settings(&self.folder), life)
    }

    pub(crate) fn folder(&self) -> std::path::PathBuf {
        self.folder.path().join("workspaces/ws")
    }

    /// The volume, where it is one.
    pub(crate) fn volume(&self) -> FsBlobs {
        volume(&self.folder)
    }

    pub(crate) fn later(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// Uploads `content`, as it is until somebody commits it.
    pub(crate) async fn upload(&self, content: &str) -> ContentHash {
        let (key, size) = (key_in("ws", content.as_bytes()), content.len() as u64);
        let put = self
            .blobs
            .put(&key, size, body(content.as_bytes(), 99))
            .await;
        put.expect("stored");
        *key.hash()
    }

    /// Uploads and commits `content`.
    pub(crate) async fn file(&self, content: &str) -> ContentHash {
        let hash = self.upload(content).await;
        self.commit(hash).await.expect("committed");
        hash
    }

    pub(crate) async fn commit(&self, hash: ContentHash) -> Result<(), StoreError> {
        let file = CommittedFile {
            hash,
            size_bytes: 3,
            mime_type: "image/png".to_owned(),
            name: "a.png".to_owned(),
            kind: None,
        };
        let files = self.state.file_index();
        let now = self.clock.now();
        files.commit(&ws(), &file, u64::MAX, now).await.map(drop)
    }

    /// What presigning an upload does.
    pub(crate) async fn reserve(&self, hash: ContentHash) -> Result<Reserved, StoreError> {
        let now = self.clock.now();
        let reservation = Reservation {
            hash,
            size_bytes: 3,
            expires_at: now.plus(Duration::from_mins(15)),
        };
        let files = self.state.file_index();
        files.reserve(&ws(), &reservation, u64::MAX, now).await
    }

    pub(crate) async fn push(&self, table: Table, pk: &str, payload: Option<String>) {
        let number = self.ops.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        let op = Op {
            table,
            operation: if payload.is_some() {
                Operation::Put
            } else {
                Operation::Delete
            },
            pk: pk.to_owned(),
            payload,
            revision: Revision {
                clock: i64::from(number),
                hlc: "h".to_owned(),
                op_id: format!("00000000-0000-4000-8000-{number:012}"),
            },
            device_id: "dev".to_owned(),
            fingerprint: Fingerprint([0; 16]),
        };
        let (store, user) = (self.state.sync_store(), UserId::new("owner-of-ws"));
        let pushed = store.push(&ws(), &user, &[op], self.clock.now()).await;
        pushed.expect("pushed");
    }

    /// The row of a file: alive, or in the client's trash.
    pub(crate) async fn list(&self, hash: ContentHash, deleted: bool) {
        let payload = format!(r#"{{"hash":"{hash}","deleted":{deleted},"size_bytes":3}}"#);
        self.push(Table::FileMeta, &hash.to_string(), Some(payload))
            .await;
    }

    /// Removes the row of a file for good.
    pub(crate) async fn unlist(&self, hash: ContentHash) {
        self.push(Table::FileMeta, &hash.to_string(), None).await;
    }

    /// A message with this text as its `file_hashes`.
    pub(crate) async fn message(&self, id: &str, file_hashes: &str) {
        let text = serde_json::to_string(file_hashes).expect("text");
        let payload = format!(r#"{{"id":"{id}","file_hashes":{text}}}"#);
        self.push(Table::Messages, id, Some(payload)).await;
    }

    pub(crate) fn collector(&self, retention: Duration) -> BlobCollector {
        self.collector_of(&self.state, retention)
    }

    /// A collector of a process.
    pub(crate) fn collector_of(&self, process: &State, retention: Duration) -> BlobCollector {
        BlobCollector::new(
            Arc::clone(&self.blobs),
            process.blob_claims(),
            self.clock.clone(),
            Arc::new(SystemIds),
            retention,
        )
    }

    /// A whole pass, which removes what it named before, and a second one, which removes nothing.
    pub(crate) async fn collect(&self) -> u64 {
        self.collect_after(RETENTION).await
    }

    pub(crate) async fn collect_after(&self, retention: Duration) -> u64 {
        let collector = self.collector(retention);
        let now = self.clock.now();
        let named = survey_pass(&collector, now, 9).await;
        let tally = collect_pass(&collector, now, 9).await;
        assert_eq!(named.len() as u64, tally.removed, "{named:?}");
        let bytes: u64 = named.iter().map(|found| found.bytes).sum();
        assert_eq!(bytes, tally.bytes);
        assert_eq!(collect_pass(&collector, now, 9).await.removed, 0, "twice");
        assert_eq!(survey_pass(&collector, now, 9).await, []);
        tally.removed
    }

    pub(crate) async fn has(&self, hash: ContentHash) -> bool {
        let key = BlobKey::new(&ws(), hash).expect("a plain id");
        self.blobs.stat(&key).await.expect("a look").is_some()
    }

    pub(crate) fn ports(&self) -> Ports {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let blob_gc = BlobGc {
            blobs: Arc::clone(&self.blobs),
            claims: self.state.blob_claims(),
            files: self.state.file_index(),
            ids: Arc::new(SystemIds),
            retention: RETENTION,
            cooldown: Duration::from_mins(1),
            enabled: true,
        };
        Ports {
            history: self.state.sync_history(),
            collection: Collection::new(
                blob_gc.collectors(Arc::clone(&clock)),
                self.state.gc_ledger(),
                Arc::clone(&clock),
                Arc::new(SystemIds),
            ),
            blob_gc,
            sessions: self.sessions.extractor(),
            admins: admins(self.clock.clone()),
            audit: self.state.audit_log(),
            limits: RateLimits {
                limiter: self.state.rate_limiter(),
                policies: Policies::standard(),
                clock: Arc::clone(&clock),
            },
            policy: Arc::default(),
            clock,
            enabled: true,
            sync_enabled: true,
            storage_enabled: true,
        }
    }

    /// What the function does with an event, with an hour for it.
    pub(crate) async fn event(&self, event: &Value) -> Run {
        let ports = self.ports();
        let check = ports.blob_gc.check();
        let until = self.clock.now().plus(Duration::from_hours(1));
        let report = handle(&ports.collection, &check, event, until).await;
        report.expect("an event that is understood").run
    }

    pub(crate) fn client(&self, ports: Ports, session: Session) -> Client {
        let name = session.user.id.as_str().to_owned();
        self.sessions.sign_in(&name, session);
        Client::new(router(ports)).signed_in(&name)
    }
}

fn settings(folder: &TempDir) -> Database {
    Database::file(folder.path().join("or3.db"), 1)
}

fn volume(folder: &TempDir) -> FsBlobs {
    FsBlobs::new(folder.path(), Arc::new(SystemClock), Arc::new(SystemIds))
}

pub(crate) fn ws() -> WorkspaceId {
    WorkspaceId::new("ws")
}

pub(crate) fn since(depot: &Depot, span: Duration) -> Timestamp {
    depot.clock.now().minus(span)
}

/// What a run that removes nothing has named, sorted.
pub(crate) fn names(run: &Run) -> Vec<String> {
    let found = run.parts.iter().flat_map(|part| &part.found);
    let mut names: Vec<_> = found.map(|found| found.name.clone()).collect();
    names.sort();
    names
}
