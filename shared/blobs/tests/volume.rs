//! What the provider does on a volume, beyond what every store does: names, modes, links, and
//! volumes that are not there (storage contract, 6.3).

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt};
use or3_blobs::{FsBlobs, FsProbe};
use or3_domain::clock::Timestamp;
use or3_domain::health::Probe;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{BlobKey, BlobStat, BlobStore, Object, Proof, UploadError, Verdict};
use or3_domain::store::StoreError;
use or3_testkit::blob_store_suite::{body, content, key_of};
use or3_testkit::{FixedClock, SequentialIds};
use tempfile::TempDir;

const CONTENT: &[u8] = b"content";
/// After whatever a test writes.
const LATER: Timestamp = Timestamp::from_seconds(32_503_680_000);
const AT: Timestamp = Timestamp::from_seconds(1_767_225_600);

struct Volume {
    root: TempDir,
    blobs: FsBlobs,
}

impl Volume {
    /// An empty folder, not yet a root.
    fn bare() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(FixedClock::default());
        let blobs = FsBlobs::new(root.path(), clock, Arc::new(SequentialIds::default()));
        Self { root, blobs }
    }

    async fn open() -> Self {
        let volume = Self::bare();
        volume.blobs.create().await.expect("a root");
        volume
    }

    async fn put(&self) -> Result<(), UploadError> {
        let size = CONTENT.len() as u64;
        self.blobs.put(&key(), size, body(CONTENT, 3)).await
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join("workspaces/ws")
    }

    fn blob(&self) -> PathBuf {
        self.folder().join(key().hash().file_name())
    }

    fn mark(&self) -> PathBuf {
        self.folder()
            .join(format!("{}.meta.json", key().hash().file_name()))
    }
}

fn key() -> BlobKey {
    key_of(CONTENT)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect()
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
async fn nothing_is_left_in_the_folder_but_the_blob() {
    let volume = Volume::open().await;
    volume.put().await.expect("stored");
    let failed = volume.blobs.put(&key(), 7, body(b"contenT", 3)).await;
    assert!(failed.is_err());
    assert_eq!(names(&volume.folder()), [key().hash().file_name()]);
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
async fn a_write_under_way_is_not_a_blob() {
    let volume = Volume::open().await;
    fs::create_dir(volume.folder()).expect("a folder");
    let name = format!("{}.tmp-1-aa", key().hash().file_name());
    fs::write(volume.folder().join(name), CONTENT).expect("half a blob");
    assert_eq!(volume.blobs.stat(&key()).await.expect("a look"), None);
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
async fn an_upload_that_nobody_waits_for_is_cleaned_away() {
    let volume = Volume::open().await;
    // More than what is held in memory, so that there is a file.
    let begun = body(&content(600_000), 4096);
    let never = begun.chain(futures_util::stream::pending());
    let key = key();
    let mut put = volume.blobs.put(&key, 700_000, Box::pin(never));
    while !volume.folder().exists() || names(&volume.folder()).is_empty() {
        let moment = Box::pin(tokio::task::yield_now());
        futures_util::future::select(&mut put, moment).await;
    }
    drop(put);
    // The blocking pool finishes what was begun before it runs this.
    while !names(&volume.folder()).is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_blob_whose_bits_have_changed_breaks_off_before_its_end_where_reads_are_verified() {
    let volume = Volume::open().await;
    let large = content(600_000);
    let key = key_of(&large);
    let put = volume.blobs.put(&key, 600_000, body(&large, 4096)).await;
    put.expect("stored");
    let verifying = volume.blobs.clone().verifying(100);
    assert_eq!(read(&verifying, &key).await.ok().as_ref(), Some(&large));

    let path = volume.folder().join(key.hash().file_name());
    let mut rotten = large.clone();
    rotten[10] ^= 1;
    fs::write(path, &rotten).expect("damaged");
    for blobs in [&verifying, &volume.blobs] {
        let verdict = blobs.verify(&key).await;
        assert_eq!(verdict.ok(), Some(Some(Verdict::Damaged)));
    }
    let broken = read(&verifying, &key).await;
    assert!(matches!(broken, Err(StoreError::Damaged(_))), "{broken:?}");
    assert_eq!(
        read(&volume.blobs, &key).await.ok(),
        Some(rotten),
        "not looked at"
    );
}

#[tokio::test]
async fn a_blob_that_is_cut_while_it_is_read_breaks_off() {
    let volume = Volume::open().await;
    let large = content(600_000);
    let key = key_of(&large);
    let put = volume.blobs.put(&key, 600_000, body(&large, 4096)).await;
    put.expect("stored");
    let blob = volume.blobs.open(&key).await.expect("a look");
    let blob = blob.expect("a blob");
    let path = volume.folder().join(key.hash().file_name());
    let file = fs::File::options().write(true).open(path).expect("a file");
    file.set_len(1000).expect("cut");
    let read: Result<Vec<_>, _> = blob.read(0..600_000).try_collect().await;
    assert!(matches!(read, Err(StoreError::Damaged(_))), "{read:?}");
}

async fn read(blobs: &FsBlobs, key: &BlobKey) -> Result<Vec<u8>, StoreError> {
    let blob = blobs.open(key).await?.expect("a blob");
    let size = blob.size_bytes();
    let pieces: Vec<_> = blob.read(0..size).try_collect().await?;
    Ok(pieces.concat())
}

#[tokio::test]
async fn the_probe_says_whether_the_volume_can_be_used_and_names_no_path() {
    let volume = Volume::bare();
    let findings = FsProbe::new(&volume.blobs).probe().await;
    assert_eq!(findings.errors, ["The storage volume cannot be used."]);
    volume.blobs.create().await.expect("a root");
    assert!(FsProbe::new(&volume.blobs).probe().await.errors.is_empty());
}

async fn listed(volume: &Volume) -> Vec<Object> {
    let workspace = WorkspaceId::new("ws");
    let page = volume.blobs.list(&workspace, None, 100).await;
    let found = page.expect("a listing").found;
    found.into_iter().map(|stored| stored.object).collect()
}

#[tokio::test]
async fn what_cut_off_writes_left_is_listed_and_can_be_discarded_and_the_rest_stays() {
    let volume = Volume::open().await;
    volume.put().await.expect("stored");
    let marked = volume.blobs.mark_committed(&key(), "as sent", AT).await;
    marked.expect("marked");
    let hex = "ab".repeat(32);
    let leftovers = [
        format!("sha256_{hex}.meta.json"),
        format!("sha256_{hex}.meta.json.tmp-1-0000000000000001"),
        format!("sha256_{hex}.tmp-1-0000000000000001"),
    ];
    let foreign = ["notes.txt", "generations-v1", ".hidden.tmp-1"];
    for name in leftovers.iter().map(String::as_str).chain(foreign) {
        fs::write(volume.folder().join(name), "x").expect("written");
    }
    fs::create_dir(volume.folder().join(format!("md5_{}", "cd".repeat(16)))).expect("made");

    let mut wanted: Vec<_> = leftovers.iter().cloned().map(Object::Leftover).collect();
    wanted.insert(0, Object::Blob(*key().hash()));
    let mut found = listed(&volume).await;
    found.sort_by_key(|object| wanted.iter().position(|one| one == object));
    assert_eq!(found, wanted);

    let workspace = WorkspaceId::new("ws");
    for name in &leftovers {
        let early = volume.blobs.discard(&workspace, name, AT).await;
        assert!(!early.expect("looked"), "{name} is younger than that");
        let done = volume.blobs.discard(&workspace, name, LATER).await;
        assert!(done.expect("discarded"), "{name}");
    }
    let mark = format!("{}.meta.json", key().hash().file_name());
    let mark = volume.blobs.discard(&workspace, &mark, LATER).await;
    assert!(!mark.expect("looked"), "its blob is there");
    assert_eq!(listed(&volume).await, [Object::Blob(*key().hash())]);
    assert!(
        foreign
            .iter()
            .all(|name| volume.folder().join(name).exists())
    );
}
