//! The control endpoints over real limits, a real volume and an index in memory, with two people
//! who share a workspace and one who does not.

use std::sync::Arc;
use std::time::Duration;

use or3_blobs::{FsBlobs, FsUrlSigner};
use or3_domain::access::Role;
use or3_domain::clock::Clock;
use or3_domain::ids::WorkspaceId;
use or3_domain::limits::Policies;
use or3_domain::storage::{BlobStore, FileIndex, UploadPolicy, UrlSigner, UrlTokens};
use or3_http::{HttpPolicy, RateLimits};
use or3_s3::{S3Blobs, S3UrlSigner};
use or3_settings::{Database, S3};
use or3_state::State;
use or3_testkit::{
    Answer, Client, FakeSessions, FixedClock, MemoryFiles, SequentialIds, blob_store_suite, session,
};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const SECRET: &str = "a secret of at least thirty-two characters";
pub(crate) const CONTENT: &[u8] = b"not really a picture";

pub(crate) struct Desk {
    pub(crate) owner: Client,
    pub(crate) viewer: Client,
    pub(crate) stranger: Client,
    pub(crate) nobody: Client,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) files: Arc<MemoryFiles>,
    pub(crate) blobs: FsBlobs,
    pub(crate) tokens: UrlTokens,
    pub(crate) root: TempDir,
}

/// What a test may change of the deployment.
pub(crate) struct Deployment {
    pub(crate) enabled: bool,
    pub(crate) policies: Policies,
    pub(crate) quota: Option<u64>,
    pub(crate) types: Vec<String>,
    pub(crate) max_byte_url_bytes: Option<u64>,
    /// The bucket instead of the volume.
    pub(crate) bucket: Option<S3>,
}

impl Default for Deployment {
    fn default() -> Self {
        Self {
            enabled: true,
            policies: Policies::standard(),
            quota: None,
            types: vec!["image/png".to_owned(), "text/plain".to_owned()],
            max_byte_url_bytes: None,
            bucket: None,
        }
    }
}

impl Desk {
    pub(crate) async fn open() -> Self {
        Self::of(Deployment::default()).await
    }

    pub(crate) async fn of(deployment: Deployment) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(FixedClock::default());
        let ids = Arc::new(SequentialIds::default());
        let blobs = FsBlobs::new(root.path(), Arc::clone(&clock) as Arc<dyn Clock>, ids);
        blobs.create().await.expect("a root");
        let files = Arc::new(MemoryFiles::default());
        let tokens = UrlTokens::new(SECRET, Duration::from_mins(15));
        let people = Arc::new(FakeSessions::default());
        people.sign_in("owner", session("ann", "ws", Role::Owner));
        people.sign_in("viewer", session("vic", "ws", Role::Viewer));
        people.sign_in("stranger", session("sam", "elsewhere", Role::Owner));
        let provider: (Arc<dyn BlobStore>, Arc<dyn UrlSigner>) = match &deployment.bucket {
            Some(bucket) => {
                let store = S3Blobs::new(bucket, Arc::clone(&clock) as Arc<dyn Clock>);
                let store = store.expect("a store");
                let signer = S3UrlSigner::new(&store, bucket);
                (Arc::new(store), Arc::new(signer))
            }
            None => (
                Arc::new(blobs.clone()),
                Arc::new(FsUrlSigner::new(
                    tokens.clone(),
                    deployment.max_byte_url_bytes,
                )),
            ),
        };
        let ports = presign::Ports {
            enabled: deployment.enabled,
            sessions: people.extractor(),
            limits: RateLimits {
                limiter: limiter(&root, &clock).await.rate_limiter(),
                policies: deployment.policies,
                clock: Arc::clone(&clock) as Arc<dyn Clock>,
            },
            http: Arc::new(HttpPolicy::default()),
            policy: UploadPolicy {
                max_file_bytes: 104_857_600,
                allowed_mime_types: deployment.types,
                workspace_quota_bytes: deployment.quota,
            },
            files: Arc::clone(&files) as Arc<dyn FileIndex>,
            blobs: provider.0,
            signer: provider.1,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
        };
        let nobody = Client::new(presign::router(ports));
        Self {
            owner: nobody.signed_in("owner"),
            viewer: nobody.signed_in("viewer"),
            stranger: nobody.signed_in("stranger"),
            nobody,
            clock,
            files,
            blobs,
            tokens,
            root,
        }
    }

    /// Puts [`CONTENT`] where an upload would have put it.
    pub(crate) async fn upload(&self) {
        let key = blob_store_suite::key_of(CONTENT);
        let body = blob_store_suite::body(CONTENT, 7);
        let put = self.blobs.put(&key, CONTENT.len() as u64, body).await;
        put.expect("stored");
    }

    /// Uploads and commits [`CONTENT`].
    pub(crate) async fn store(&self) {
        self.upload().await;
        let committed = self.owner.commit(&commit()).await;
        assert_eq!(committed.status, 200, "{}", committed.message());
    }
}

async fn limiter(folder: &TempDir, clock: &Arc<FixedClock>) -> State {
    let settings = Database::file(folder.path().join("or3.db"), 1);
    State::migrate(&settings, clock.now())
        .await
        .expect("migrated");
    State::open(&settings).expect("a database")
}

pub(crate) fn workspace() -> WorkspaceId {
    WorkspaceId::new("ws")
}

/// The canonical hash of [`CONTENT`].
pub(crate) fn hash() -> String {
    blob_store_suite::key_of(CONTENT).hash().to_string()
}

pub(crate) fn presign_upload() -> Value {
    json!({
        "workspace_id": "ws", "hash": hash(), "mime_type": "image/png",
        "size_bytes": CONTENT.len(), "expires_in_ms": 3_600_000,
    })
}

pub(crate) fn presign_download() -> Value {
    json!({"workspace_id": "ws", "hash": hash(), "storage_id": "forged"})
}

pub(crate) fn commit() -> Value {
    json!({
        "workspace_id": "ws", "hash": hash(), "storage_id": format!("ws:{}", hash()),
        "storage_provider_id": "fs", "mime_type": "image/png", "size_bytes": CONTENT.len(),
        "name": "pic.png", "kind": "image", "width": 10, "height": 10,
    })
}

/// `body` with `field` replaced.
pub(crate) fn with(mut body: Value, field: &str, value: impl Into<Value>) -> Value {
    body[field] = value.into();
    body
}

/// The three endpoints by name.
pub(crate) trait Calls {
    async fn presign_upload(&self, body: &Value) -> Answer;
    async fn presign_download(&self, body: &Value) -> Answer;
    async fn commit(&self, body: &Value) -> Answer;
}

impl Calls for Client {
    async fn presign_upload(&self, body: &Value) -> Answer {
        self.post("/api/storage/presign-upload", body).await
    }

    async fn presign_download(&self, body: &Value) -> Answer {
        self.post("/api/storage/presign-download", body).await
    }

    async fn commit(&self, body: &Value) -> Answer {
        self.post("/api/storage/commit", body).await
    }
}
