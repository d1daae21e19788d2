//! Names, modes, links, and volumes that are not there.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use or3_blobs::FsProbe;
use or3_domain::health::Probe;
use or3_domain::storage::{BlobStat, BlobStore, Proof, UploadError};
use or3_domain::store::StoreError;

use crate::{AT, CONTENT, LATER, Volume, key, names};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[tokio::test]
async fn files_and_folders_are_for_this_user_only() {
    let volume = Volume::open().await;
    volume.put().await.expect("stored");
    volume
        .blobs
        .mark_committed(&key(), "sha256:x", AT)
        .await
        .expect("marked");
    assert_eq!(mode(&volume.root.path().join("workspaces")), 0o700);
    assert_eq!(mode(&volume.folder()), 0o700);
    assert_eq!(mode(&volume.blob()), 0o600);
    assert_eq!(mode(&volume.mark()), 0o600);
}

#[tokio::test]
async fn a_root_that_the_original_wrote_opens_unchanged() {
    let volume = Volume::bare();
    fs::create_dir_all(volume.folder()).expect("a folder");
    fs::write(volume.blob(), CONTENT).expect("a blob");
    fs::write(volume.mark(), "{}").expect("a mark");
    let known = BlobStat {
        size_bytes: 7,
        committed: true,
        proof: Proof::Given,
    };
    assert_eq!(
        volume.blobs.stat(&key()).await.expect("a look"),
        Some(known)
    );
}

#[tokio::test]
async fn only_a_regular_file_is_a_blob_or_a_mark() {
    let volume = Volume::open().await;
    volume.put().await.expect("stored");
    let elsewhere = volume.root.path().join("elsewhere");
    fs::rename(volume.blob(), &elsewhere).expect("moved");
    symlink(&elsewhere, volume.blob()).expect("a link");
    assert_eq!(volume.blobs.stat(&key()).await.expect("a look"), None);
    assert!(volume.blobs.open(&key()).await.expect("a look").is_none());

    fs::remove_file(volume.blob()).expect("removed");
    fs::create_dir(volume.blob()).expect("a folder");
    assert_eq!(volume.blobs.stat(&key()).await.expect("a look"), None);
    assert!(volume.blobs.open(&key()).await.expect("a look").is_none());

    fs::remove_dir(volume.blob()).expect("removed");
    fs::rename(&elsewhere, volume.blob()).expect("moved back");
    symlink("/etc/hostname", volume.mark()).expect("a link");
    let stat = volume.blobs.stat(&key()).await.expect("a look");
    assert_eq!(stat.map(|stat| stat.committed), Some(false));
}

#[tokio::test]
async fn a_root_that_is_away_is_trouble_and_never_absence() {
    let volume = Volume::bare();
    let away = |error| matches!(error, Some(StoreError::Unavailable(_)));
    assert!(away(volume.blobs.stat(&key()).await.err()));
    assert!(away(volume.blobs.open(&key()).await.err()));
    assert!(away(volume.blobs.delete(&key(), LATER).await.err()));
    fs::remove_dir(volume.root.path()).expect("removed");
    assert!(away(volume.blobs.create().await.err()));
    let put = volume.put().await;
    assert!(
        matches!(put, Err(UploadError::Store(StoreError::Unavailable(_)))),
        "{put:?}"
    );
}

#[tokio::test]
async fn a_linked_folder_takes_and_gives_nothing() {
    let volume = Volume::open().await;
    let elsewhere = tempfile::tempdir().expect("a folder");
    fs::write(elsewhere.path().join(key().hash().file_name()), CONTENT).expect("a blob");
    symlink(elsewhere.path(), volume.folder()).expect("a link");
    assert!(matches!(volume.put().await, Err(UploadError::UnsafePath)));
    assert!(volume.blobs.open(&key()).await.expect("a look").is_none());
    assert!(!volume.blobs.delete(&key(), LATER).await.expect("a look"));
    assert_eq!(names(elsewhere.path()).len(), 1);
}

#[tokio::test]
async fn making_a_root_again_changes_nothing() {
    let volume = Volume::open().await;
    volume.put().await.expect("stored");
    volume.blobs.create().await.expect("still a root");
    assert!(volume.blobs.stat(&key()).await.expect("a look").is_some());
}

#[tokio::test]
async fn the_probe_says_whether_the_volume_can_be_used_and_names_no_path() {
    let volume = Volume::bare();
    let findings = FsProbe::new(&volume.blobs).probe().await;
    assert_eq!(findings.errors, ["The storage volume cannot be used."]);
    volume.blobs.create().await.expect("a root");
    assert!(FsProbe::new(&volume.blobs).probe().await.errors.is_empty());
}
