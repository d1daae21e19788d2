//! What uploads in parts do on a volume, beyond what every provider does: names, modes, links,
//! senders who leave, and a volume that is not there.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;
use or3_blobs::{FsBlobs, FsPartials};
use or3_domain::clock::Timestamp;
use or3_domain::storage::{Interruption, Part, PartialError, PartialId, PartialUploads};
use or3_domain::store::StoreError;
use or3_testkit::blob_store_suite::{body, key_of};
use or3_testkit::{FixedClock, SequentialIds};
use tempfile::TempDir;
use tokio::sync::mpsc;

struct Volume {
    root: TempDir,
    blobs: FsBlobs,
    uploads: FsPartials,
    id: PartialId,
}

impl Volume {
    fn bare() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(FixedClock::default());
        let ids = Arc::new(SequentialIds::default());
        let blobs = FsBlobs::new(root.path(), clock, ids);
        Self {
            root,
            uploads: FsPartials::new(&blobs),
            blobs,
            id: PartialId::new(
                Timestamp::from_seconds(1_767_225_600),
                &SequentialIds::default(),
            ),
        }
    }

    async fn begun() -> Self {
        let volume = Self::bare();
        volume.blobs.create().await.expect("a root");
        volume.uploads.begin(&volume.id).await.expect("begun");
        volume
    }

    fn file(&self) -> PathBuf {
        self.root.path().join("uploads").join(self.id.to_string())
    }

    async fn append(&self, bytes: &[u8]) -> Result<u64, PartialError> {
        self.uploads
            .append(&self.id, part(), body(bytes, 4096))
            .await
    }
}

fn part() -> Part {
    Part {
        offset: 0,
        limit: 1_000_000,
        checksum: None,
    }
}

#[tokio::test]
async fn an_upload_is_a_file_for_this_user_only_beside_the_workspaces() {
    let volume = Volume::begun().await;
    let mode = |path: PathBuf| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(volume.root.path().join("uploads")), 0o700);
    assert_eq!(mode(volume.file()), 0o600);
    assert_eq!(volume.append(b"hello").await.expect("appended"), 5);
    let key = key_of(b"hello");
    let finished = volume.uploads.finish(&volume.id, &key, 5).await;
    finished.expect("finished");
    let name = key.hash().file_name();
    let blob = volume.root.path().join("workspaces/ws").join(name);
    assert_eq!(fs::read(&blob).expect("a blob"), b"hello");
    assert_eq!(mode(blob), 0o600);
    assert!(!volume.file().exists());
}

#[tokio::test]
async fn links_are_not_followed() {
    let volume = Volume::begun().await;
    let outside = volume.root.path().join("outside");
    fs::write(&outside, "precious").expect("a file");
    fs::remove_file(volume.file()).expect("removed");
    symlink(&outside, volume.file()).expect("a link");
    assert_eq!(
        volume.uploads.received(&volume.id).await.expect("a look"),
        None
    );
    for refused in [
        volume.append(b"x").await.map(drop),
        volume.uploads.discard(&volume.id).await,
    ] {
        assert!(matches!(refused, Err(PartialError::Unknown)), "{refused:?}");
    }
    assert_eq!(fs::read(&outside).expect("a file"), b"precious");

    fs::remove_file(volume.file()).expect("removed");
    volume.uploads.begin(&volume.id).await.expect("begun");
    assert_eq!(volume.append(b"hello").await.expect("appended"), 5);
    let workspace = volume.root.path().join("workspaces/ws");
    symlink(volume.root.path(), workspace).expect("a link");
    let key = key_of(b"hello");
    let finished = volume.uploads.finish(&volume.id, &key, 5).await;
    assert!(
        matches!(finished, Err(PartialError::UnsafePath)),
        "{finished:?}"
    );
}

#[tokio::test]
async fn what_came_is_written_when_nobody_waits_for_the_part_any_more() {
    let volume = Volume::begun().await;
    let (sender, receiver) = mpsc::channel::<Result<Bytes, Interruption>>(1);
    let pieces = stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    let appending = volume.uploads.append(&volume.id, part(), pieces.boxed());
    let sending = async {
        for _ in 0..2 {
            let sent = sender.send(Ok(Bytes::from_static(b"hello"))).await;
            sent.expect("somebody reads");
        }
    };
    // The second piece finds room only when the first one was read; then the caller leaves.
    futures_util::future::select(appending, Box::pin(sending)).await;
    let gone = sender.send(Err(Interruption::Broken)).await;
    gone.expect("the part is still read");
    sender.closed().await;
    while volume.uploads.received(&volume.id).await.expect("a look") != Some(10) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_volume_that_is_away_is_trouble_and_never_absence() {
    let volume = Volume::bare();
    let away = |error| matches!(error, Some(StoreError::Unavailable(_)));
    assert!(away(volume.uploads.begin(&volume.id).await.err()));
    assert!(away(volume.uploads.received(&volume.id).await.err()));
    assert!(away(
        volume
            .uploads
            .ended(volume.id.ends_at(), None, 1)
            .await
            .err()
    ));
    let refused = volume.append(b"x").await;
    assert!(
        matches!(
            refused,
            Err(PartialError::Store(StoreError::Unavailable(_)))
        ),
        "{refused:?}"
    );
    assert!(!volume.root.path().join("uploads").exists());
}

#[tokio::test]
async fn only_uploads_are_listed() {
    let volume = Volume::begun().await;
    let folder = volume.root.path().join("uploads");
    for other in ["1-2", "README", "1767225600-0000000000000001.bak"] {
        fs::write(folder.join(other), "x").expect("a file");
    }
    let ended = volume.uploads.ended(volume.id.ends_at(), None, 10).await;
    let ended = ended.expect("a list");
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].id, volume.id);
}
