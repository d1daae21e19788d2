//! Uploads in parts over real limits and a real volume, with an index of files in memory.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use or3_blobs::{FsBlobs, FsPartials};
use or3_domain::access::Role;
use or3_domain::clock::Clock;
use or3_domain::ids::WorkspaceId;
use or3_domain::limits::Policies;
use or3_domain::storage::{FileIndex, UploadPolicy, UrlTokens};
use or3_http::{HttpPolicy, RateLimits};
use or3_settings::Database;
use or3_state::State;
use or3_testkit::blob_store_suite::key_of;
use or3_testkit::{
    Answer, Client, FakeSessions, FixedClock, MemoryFiles, SequentialIds, names_in, session,
};
use tempfile::TempDir;

pub(crate) const UPLOADS: &str = "/api/storage/tus";
pub(crate) const DAY: Duration = Duration::from_hours(24);

pub(crate) struct Pier {
    /// Who uploads in the tests.
    pub(crate) ann: Client,
    pub(crate) nobody: Client,
    pub(crate) people: Arc<FakeSessions>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) files: Arc<MemoryFiles>,
    pub(crate) root: TempDir,
}

/// What a test may change of the deployment.
pub(crate) struct Deployment {
    pub(crate) enabled: bool,
    pub(crate) policies: Policies,
    pub(crate) quota: Option<u64>,
}

impl Default for Deployment {
    fn default() -> Self {
        Self {
            enabled: true,
            policies: Policies::standard(),
            quota: None,
        }
    }
}

impl Pier {
    pub(crate) async fn open() -> Self {
        Self::of(Deployment::default()).await
    }

    pub(crate) async fn of(deployment: Deployment) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(FixedClock::default());
        let time = Arc::clone(&clock) as Arc<dyn Clock>;
        let ids = Arc::new(SequentialIds::default());
        let blobs = FsBlobs::new(root.path(), Arc::clone(&time), ids.clone());
        blobs.create().await.expect("a root");
        let files = Arc::new(MemoryFiles::default());
        let people = Arc::new(FakeSessions::default());
        people.sign_in("ann", session("ann", "ws", Role::Editor));
        let router = uploads::router(uploads::Ports {
            enabled: deployment.enabled,
            sessions: people.extractor(),
            limits: RateLimits {
                limiter: limiter(&root, &clock).await.rate_limiter(),
                policies: deployment.policies,
                clock: Arc::clone(&time),
            },
            http: Arc::new(HttpPolicy::default()),
            policy: UploadPolicy {
                max_file_bytes: 1_000_000,
                allowed_mime_types: vec!["image/png".to_owned()],
                workspace_quota_bytes: deployment.quota,
            },
            files: Arc::clone(&files) as Arc<dyn FileIndex>,
            partials: Arc::new(FsPartials::new(&blobs)),
            blobs: Arc::new(blobs),
            tokens: UrlTokens::new("a secret of thirty-two characters", DAY),
            lifetime: DAY,
            clock: time,
            ids,
        });
        let nobody = Client::new(router).with_header("tus-resumable", "1.0.0");
        Self {
            ann: nobody.signed_in("ann"),
            nobody,
            people,
            clock,
            files,
            root,
        }
    }

    /// The address of a new upload of `content`.
    pub(crate) async fn begin(&self, content: &[u8]) -> String {
        let answer = self.ann.announce(content.len(), &metadata(content)).await;
        assert_eq!(answer.status, 201, "{}", answer.message());
        answer.header("location").to_owned()
    }

    /// The names in `folder` of the root, sorted; none if there is no such folder.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        names_in(&self.root.path().join(folder))
    }

    /// Asserts that the workspace has `content` and nothing else, and no upload is left.
    pub(crate) fn assert_stored(&self, content: &[u8]) {
        let name = key_of(content).hash().file_name();
        let folder = "workspaces/ws";
        assert_eq!(self.names(folder), [name.as_str()]);
        let path = self.root.path().join(folder).join(name);
        assert!(std::fs::read(path).expect("a blob") == content);
        assert_eq!(self.names("uploads"), [""; 0]);
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

/// What a client says of `content`.
pub(crate) fn metadata(content: &[u8]) -> String {
    let hash = key_of(content).hash().to_string();
    said("ws", &hash, "image/png")
}

pub(crate) fn said(workspace: &str, hash: &str, mime_type: &str) -> String {
    let [workspace, hash, mime_type] = [workspace, hash, mime_type].map(|s| STANDARD.encode(s));
    format!("workspace_id {workspace},hash {hash},mime_type {mime_type},name w7Y=")
}

/// The protocol by names.
pub(crate) trait Calls {
    async fn announce(&self, length: usize, metadata: &str) -> Answer;
    async fn patch(&self, url: &str, offset: usize, body: impl Into<Body>) -> Answer;
    async fn ask(&self, url: &str) -> Answer;
    async fn give_up(&self, url: &str) -> Answer;
}

impl Calls for Client {
    async fn announce(&self, length: usize, metadata: &str) -> Answer {
        let client = self.with_header("upload-length", &length.to_string());
        let client = client.with_header("upload-metadata", metadata);
        client.send(Method::POST, UPLOADS, "").await
    }

    async fn patch(&self, url: &str, offset: usize, body: impl Into<Body>) -> Answer {
        part(self, offset).send(Method::PATCH, url, body).await
    }

    async fn ask(&self, url: &str) -> Answer {
        self.send(Method::HEAD, url, "").await
    }

    async fn give_up(&self, url: &str) -> Answer {
        self.send(Method::DELETE, url, "").await
    }
}

/// `client` with the headers of a part.
pub(crate) fn part(client: &Client, offset: usize) -> Client {
    let client = client.with_header("upload-offset", &offset.to_string());
    client.with_header("content-type", "application/offset+octet-stream")
}
