//! The byte URLs over a real volume, with people who come and go.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::Method;
use or3_blobs::FsBlobs;
use or3_domain::access::Role;
use or3_domain::clock::Clock;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::storage::mime::Disposition;
use or3_domain::storage::{
    BlobKey, BlobStore, DownloadGrant, FileIndex, Grant, UploadGrant, UrlTokens,
};
use or3_testkit::{
    Answer, Client, FakeSessions, FixedClock, MemoryFiles, SequentialIds, blob_store_suite,
    names_in, session,
};
use tempfile::TempDir;

pub(crate) const SECRET: &str = "a secret of at least thirty-two characters";

pub(crate) struct Dock {
    /// Whose URLs the tests use.
    pub(crate) ann: Client,
    pub(crate) nobody: Client,
    pub(crate) people: Arc<FakeSessions>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) blobs: FsBlobs,
    pub(crate) files: Arc<MemoryFiles>,
    tokens: UrlTokens,
    pub(crate) root: TempDir,
}

impl Dock {
    pub(crate) async fn open() -> Self {
        Self::with(true).await
    }

    pub(crate) async fn with(enabled: bool) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(FixedClock::default());
        let ids = Arc::new(SequentialIds::default());
        let blobs = FsBlobs::new(root.path(), Arc::clone(&clock) as Arc<dyn Clock>, ids);
        blobs.create().await.expect("a root");
        let files = Arc::new(MemoryFiles::default());
        let people = Arc::new(FakeSessions::default());
        people.sign_in("ann", session("ann", "ws", Role::Editor));
        let tokens = UrlTokens::new(SECRET, Duration::from_mins(15));
        let nobody = Client::new(::blobs::router(::blobs::Ports {
            enabled,
            sessions: people.extractor(),
            tokens: tokens.clone(),
            blobs: Arc::new(blobs.clone().verifying(100)),
            files: Arc::clone(&files) as Arc<dyn FileIndex>,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
        }));
        Self {
            ann: nobody.signed_in("ann"),
            nobody,
            people,
            clock,
            blobs,
            files,
            tokens,
            root,
        }
    }

    pub(crate) fn token(&self, grant: &Grant) -> String {
        self.tokens
            .issue(grant, self.clock.now())
            .expect("a token")
            .0
    }

    /// The URL of an upload that nothing is wrong with.
    pub(crate) fn upload_url(&self, content: &[u8]) -> String {
        let token = self.token(&Grant::Upload(upload(content)));
        format!("/api/storage/fs/upload?token={token}")
    }

    /// The URL of a download that nothing is wrong with.
    pub(crate) fn download_url(&self, content: &[u8]) -> String {
        let token = self.token(&Grant::Download(download(content)));
        format!("/api/storage/fs/download?token={token}")
    }

    /// Stores `content` without a request.
    pub(crate) async fn store(&self, content: &[u8]) {
        let body = blob_store_suite::body(content, 4096);
        let put = self
            .blobs
            .put(&key(content), content.len() as u64, body)
            .await;
        put.expect("stored");
    }

    /// The files of the workspace, temporary ones included.
    pub(crate) fn files(&self) -> Vec<String> {
        names_in(&self.root.path().join("workspaces/ws"))
    }
}

pub(crate) fn key(content: &[u8]) -> BlobKey {
    blob_store_suite::key_of(content)
}

/// Ann may upload `content` as a picture.
pub(crate) fn upload(content: &[u8]) -> UploadGrant {
    UploadGrant {
        user: UserId::new("ann"),
        key: key(content),
        hash_as_sent: key(content).hash().to_string(),
        size_bytes: content.len() as u64,
        mime_type: "image/png".to_owned(),
    }
}

/// Ann may download `content` as a picture.
pub(crate) fn download(content: &[u8]) -> DownloadGrant {
    DownloadGrant {
        user: UserId::new("ann"),
        key: key(content),
        size_bytes: Some(content.len() as u64),
        mime_type: "image/png".to_owned(),
        disposition: Disposition::Inline,
        filename: "pic.png".to_owned(),
    }
}

pub(crate) fn elsewhere(content: &[u8]) -> BlobKey {
    BlobKey::new(&WorkspaceId::new("elsewhere"), *key(content).hash()).expect("a plain id")
}

/// Sends `body` as a picture.
pub(crate) async fn put(client: &Client, url: &str, body: impl Into<Body>) -> Answer {
    let client = client.with_header("content-type", "image/png");
    client.send(Method::PUT, url, body).await
}
