//! `or3-local copy-files`: from a volume to a bucket.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use or3_domain::clock::SystemClock;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{BlobKey, BlobStore, ContentHash, Object, Verdict};
use or3_s3::S3Blobs;
use or3_settings::{Environment, S3};
use or3_testkit::S3Server;
use tempfile::{TempDir, tempdir};

use crate::owner::{File, Owner, json_of};
use crate::running::{Running, command};

const SETTINGS: [(&str, &str); 3] = [
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    ("DISABLE_RATE_LIMIT", "1"),
];

/// A volume with files, and an empty bucket.
struct Move {
    data: TempDir,
    owner: Owner,
    files: Vec<File>,
    server: S3Server,
}

impl Move {
    /// `None` where no S3 server is installed.
    fn of(sizes: &[usize]) -> Option<Self> {
        let server = S3Server::start()?;
        let data = tempdir().expect("a folder");
        let running = Running::start(data.path(), &SETTINGS);
        let owner = Owner::register(&running);
        let files: Vec<_> = sizes.iter().map(|size| File::random(*size)).collect();
        for file in &files {
            owner.store(&running, file);
        }
        Some(Self {
            data,
            owner,
            files,
            server,
        })
    }

    fn folder(&self) -> PathBuf {
        let workspaces = self.data.path().join("blobs/workspaces");
        workspaces.join(&self.owner.workspace)
    }

    fn copying(&self) -> Command {
        let mut copying = command(self.data.path(), &[]);
        copying.envs(self.server.settings()).arg("copy-files");
        copying
    }

    /// Copies; the exit code and the line that says what came of it.
    fn copy(&self) -> (Option<i32>, String) {
        told(&self.copying().output().expect("or3-local runs"))
    }

    fn bucket(&self) -> S3Blobs {
        let settings = Environment::of(self.server.settings()).load::<S3>();
        S3Blobs::new(&settings.expect("settings"), Arc::new(SystemClock)).expect("a store")
    }

    /// Asserts that the bucket has exactly these blobs in the owner's workspace, each sound.
    async fn assert_there(&self, hashes: &[ContentHash]) {
        let workspace = WorkspaceId::new(self.owner.workspace.clone());
        let bucket = self.bucket();
        let listed = bucket.list(&workspace, None, 1000).await.expect("a list");
        let mut found: Vec<_> = listed
            .found
            .into_iter()
            .map(|stored| stored.object)
            .collect();
        let mut wanted: Vec<_> = hashes.iter().copied().map(Object::Blob).collect();
        let name = |object: &Object| format!("{object:?}");
        found.sort_by_key(name);
        wanted.sort_by_key(name);
        assert_eq!(found, wanted);
        for hash in hashes {
            let key = BlobKey::new(&workspace, *hash).expect("a plain id");
            let verdict = bucket.verify(&key).await.expect("a look");
            assert_eq!(verdict, Some(Verdict::Sound), "{hash}");
        }
    }

    fn hashes(&self) -> Vec<ContentHash> {
        self.files.iter().map(|file| file.hash).collect()
    }
}

fn told(output: &Output) -> (Option<i32>, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    (output.status.code(), text(&output.stdout))
}

fn copied(files: usize, bytes: usize, present: usize, failed: usize) -> String {
    format!(
        "or3-local copied {files} files ({bytes} bytes); {present} were there already, {failed} \
         could not be copied"
    )
}

/// A blob by a legacy hash, and what is no blob.
fn add_the_rest(folder: &Path) -> ContentHash {
    let mut digester = ContentHash::Md5([0; 16]).digester();
    digester.update(b"legacy");
    let legacy = digester.finish();
    std::fs::write(folder.join(legacy.file_name()), b"legacy").expect("a blob");
    let half = format!("{}.tmp-1-0000000000000001", legacy.file_name());
    for name in [half.as_str(), "notes.txt"] {
        std::fs::write(folder.join(name), "half").expect("a file");
    }
    std::os::unix::fs::symlink("/etc", folder.with_file_name("linked")).expect("a link");
    legacy
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_arrives_and_comes_down_from_there_and_a_repeated_copy_sends_nothing() {
    let Some(moved) = Move::of(&[1, 300_000, 700_000]) else {
        return;
    };
    let legacy = add_the_rest(&moved.folder());
    let mut hashes = moved.hashes();
    hashes.push(legacy);
    assert_eq!(moved.copy(), (Some(0), copied(4, 1_000_007, 0, 0)));
    moved.assert_there(&hashes).await;
    let before = moved.server.answered().len();
    assert_eq!(moved.copy(), (Some(0), copied(0, 0, 4, 0)));
    let again = &moved.server.answered()[before..];
    assert!(
        again.iter().all(|request| request.starts_with("HEAD ")),
        "{again:?}"
    );

    let settings = moved.server.settings();
    let settings = settings.iter().map(|(name, value)| (*name, value.as_str()));
    let settings: Vec<_> = settings.chain(SETTINGS).collect();
    let running = Running::start(moved.data.path(), &settings);
    for file in &moved.files {
        let (status, text) = moved.owner.presign_download(&running, file);
        assert_eq!(status, 200, "{text}");
        let url = json_of(&text)["url"].as_str().expect("a url").to_owned();
        let answer = moved.server.send("GET", &url, &[], b"");
        assert!(answer.status == 200 && answer.body == file.content);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_was_killed_is_finished_by_the_next_one() {
    let Some(moved) = Move::of(&[40_000; 24]) else {
        return;
    };
    for requests in [20, 45] {
        let mut copying = moved.copying().spawn().expect("or3-local runs");
        moved.server.requests(requests);
        copying.kill().expect("it runs, or has ended");
        copying.wait().expect("an end");
    }
    let (code, text) = moved.copy();
    assert_eq!(code, Some(0), "{text}");
    moved.assert_there(&moved.hashes()).await;
    assert_eq!(moved.copy(), (Some(0), copied(0, 0, 24, 0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_left_out_and_keeps_no_other_from_arriving() {
    let Some(moved) = Move::of(&[1000, 2000, 3000]) else {
        return;
    };
    let [sound, rotten, other] = &moved.files[..] else {
        panic!("three files");
    };
    let path = moved.folder().join(rotten.hash.file_name());
    let mut content = rotten.content.clone();
    content[1999] ^= 1;
    std::fs::write(&path, &content).expect("damaged");
    assert_eq!(moved.copy(), (Some(1), copied(2, 4000, 0, 1)));
    moved.assert_there(&[sound.hash, other.hash]).await;

    std::fs::write(&path, &rotten.content).expect("put back");
    assert_eq!(moved.copy(), (Some(0), copied(1, 2000, 2, 0)));
    moved.assert_there(&moved.hashes()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_object_in_a_files_place_is_replaced() {
    let Some(moved) = Move::of(&[7]) else {
        return;
    };
    let place = format!(
        "{}/{}/{}/sha256/{}",
        moved.server.url(),
        S3Server::BUCKET,
        moved.owner.workspace,
        moved.files[0].hash.hex()
    );
    for other in [&b"short"[..], b"as long"] {
        let put = moved.server.send("PUT", &place, &[S3Server::OWNER], other);
        assert_eq!(put.status, 200, "{}", put.head);
        assert_eq!(moved.copy(), (Some(0), copied(1, 7, 0, 0)));
        moved.assert_there(&moved.hashes()).await;
    }
}

#[test]
fn a_copy_without_a_bucket_or_a_volume_says_what_is_missing() {
    let data = tempdir().expect("a folder");
    let bucket = [
        ("OR3_STORAGE_PROVIDER", "s3"),
        ("OR3_STORAGE_S3_BUCKET", "files"),
        ("OR3_STORAGE_S3_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    for (arguments, settings, text) in [
        (["copy-files"], &[][..], "OR3_STORAGE_PROVIDER must be s3"),
        (["copy-files"], &bucket[..], "OR3_STORAGE_FS_ROOT: "),
        (["copy"], &[][..], "usage: or3-local"),
    ] {
        let output = command(data.path(), settings).args(arguments).output();
        let output = output.expect("or3-local runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.starts_with(text), "{said}");
        assert_eq!(told(&output), (Some(2), String::new()));
    }
    assert_eq!(std::fs::read_dir(data.path()).expect("a folder").count(), 0);
}
