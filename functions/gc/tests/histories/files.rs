//! Files: uploads, commits and URLs, and what protects them.

use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use or3_domain::clock::{Clock, Timestamp};
use or3_domain::storage::{BlobStore, CommittedFile, ContentHash, Reservation};
use or3_testkit::blob_store_suite::{body, key_in};

use crate::case::Case;

/// How long blobs are kept that nothing refers to.
pub(crate) const BLOBS: Duration = Duration::from_hours(48);

/// As long as a transfer may outlive its URL.
const TRANSFER: Duration = Duration::from_hours(1);

pub(crate) const FILES: usize = 4;

/// What happened to a file last.
#[derive(Clone, Copy, Default)]
pub(crate) struct Past {
    pub(crate) written: Option<Timestamp>,
    committed: Option<Timestamp>,
    url_until: Option<Timestamp>,
}

impl Case {
    fn content(&self, file: usize) -> String {
        format!("file {file} of {}", self.seed)
    }

    fn hash_of(&self, file: usize) -> ContentHash {
        *key_in(self.workspace.as_str(), self.content(file).as_bytes()).hash()
    }

    pub(crate) fn hash(&mut self) -> ContentHash {
        let file = self.rng.usize(..FILES);
        self.hash_of(file)
    }

    pub(crate) fn path(&self, file: usize) -> PathBuf {
        let folder = self.lab.folder.path().join("workspaces");
        let folder = folder.join(self.workspace.as_str());
        folder.join(self.hash_of(file).file_name())
    }

    pub(crate) async fn upload(&mut self) {
        let file = self.rng.usize(..FILES);
        let content = self.content(file);
        let key = key_in(self.workspace.as_str(), content.as_bytes());
        let bytes = body(content.as_bytes(), 99);
        let put = self.lab.blobs.put(&key, content.len() as u64, bytes).await;
        put.expect("stored");
        // The volume keeps the time of the history, not of the machine.
        let now = self.clock.now();
        let millis = u64::try_from(now.millis()).expect("after 1970");
        let written = File::options().write(true).open(self.path(file));
        let written = written.expect("the blob");
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        written.set_modified(at).expect("its time");
        self.files[file].written = Some(now);
    }

    pub(crate) async fn commit(&mut self) {
        let file = self.rng.usize(..FILES);
        if !self.path(file).exists() {
            return;
        }
        let committed = CommittedFile {
            hash: self.hash_of(file),
            size_bytes: self.content(file).len() as u64,
            mime_type: "text/plain".to_owned(),
            name: "a".to_owned(),
            kind: None,
        };
        let now = self.clock.now();
        let files = self.lab.state.file_index();
        // Whoever died may have given it up.
        let commit = files.commit(&self.workspace, &committed, u64::MAX, now);
        if commit.await.is_ok() {
            self.files[file].committed = Some(now);
        }
    }

    pub(crate) async fn reserve(&mut self) {
        let file = self.rng.usize(..FILES);
        let now = self.clock.now();
        let reservation = Reservation {
            hash: self.hash_of(file),
            size_bytes: 1,
            expires_at: now.plus(Duration::from_mins(15)),
        };
        let files = self.lab.state.file_index();
        let reserved = files.reserve(&self.workspace, &reservation, u64::MAX, now);
        if reserved.await.is_ok() {
            self.files[file].url_until = Some(reservation.expires_at);
        }
    }

    /// Whether somebody needs the file, or may yet: then it must stay.
    pub(crate) fn is_protected(&self, file: usize) -> bool {
        let (now, past, hash) = (self.clock.now(), self.files[file], self.hash_of(file));
        let from = now.minus(BLOBS);
        let young = |moment: Option<Timestamp>| moment.is_some_and(|moment| moment > from);
        self.log.needs(hash)
            || young(past.written)
            || young(past.committed)
            || young(self.log.removed_at(hash))
            || past.url_until.is_some_and(|end| end.plus(TRANSFER) > now)
    }
}
