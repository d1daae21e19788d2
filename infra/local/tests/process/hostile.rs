//! Uploads that lie, stop half-way or never end: the contract's answer where one can be heard,
//! nothing under the file's name, and no rest (storage contract, 6.1).

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use tempfile::{TempDir, tempdir};

use crate::owner::{File, Owner};
use crate::patience::Patience;
use crate::running::{Running, answer};

const SETTINGS: [(&str, &str); 3] = [
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    ("DISABLE_RATE_LIMIT", "1"),
];

/// More than what is kept in memory of an upload, so that there is a file to clean away.
const SIZE: usize = 700_000;

/// How long one of these tests takes at most: some hundred times what it needs.
const LIMIT: Duration = Duration::from_mins(2);

struct Scene {
    patience: Patience,
    data: TempDir,
    running: Running,
    owner: Owner,
}

impl Scene {
    fn open() -> Self {
        let data = tempdir().expect("a folder");
        let running = Running::start(data.path(), &SETTINGS);
        let owner = Owner::register(&running);
        Self {
            patience: Patience::with(&running, LIMIT),
            data,
            running,
            owner,
        }
    }

    fn folder(&self) -> PathBuf {
        let workspaces = self.data.path().join("blobs/workspaces");
        workspaces.join(&self.owner.workspace)
    }

    /// A connection on which the head of an upload of `file` has been sent, with `framing`.
    fn begin(&self, file: &File, framing: &str) -> TcpStream {
        let url = self.owner.presign(&self.running, file);
        self.running.send(&format!(
            "PUT {url} HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\n\
             content-type: image/png\r\n{framing}\r\n{}\r\n",
            self.owner.cookie
        ))
    }

    /// Waits until nothing is in the workspace's folder: no file, and no rest of one.
    fn waits_until_empty(&self) {
        let entries = || std::fs::read_dir(self.folder()).map(Iterator::count);
        while entries().is_ok_and(|count| count > 0) {
            self.patience.insist();
            std::thread::yield_now();
        }
    }
}

#[test]
fn a_length_that_promises_more_than_comes_leaves_nothing() {
    let scene = Scene::open();
    let file = File::random(SIZE);
    let mut connection = scene.begin(&file, &format!("content-length: {SIZE}"));
    connection
        .write_all(&file.content[..SIZE - 1])
        .expect("sent");
    connection.shutdown(Shutdown::Write).expect("an end");
    let (status, text) = answer(&mut connection);
    assert!([0, 400].contains(&status), "{text}");
    scene.waits_until_empty();
}

#[test]
fn a_length_that_promises_less_than_comes_is_another_file() {
    let scene = Scene::open();
    let file = File::random(SIZE);
    let mut connection = scene.begin(&file, "content-length: 300000");
    let _refused_early = connection.write_all(&file.content);
    let mut heard = Vec::new();
    // The rest of the body makes the connection end hard; the answer came before.
    let _reset = connection.read_to_end(&mut heard);
    let heard = String::from_utf8_lossy(&heard);
    assert!(
        heard.is_empty() || heard.starts_with("HTTP/1.1 400 "),
        "{heard}"
    );
    scene.waits_until_empty();
}

#[test]
fn a_connection_that_is_cut_leaves_nothing() {
    let scene = Scene::open();
    let file = File::random(SIZE);
    for sent in [0, 1, 300_000, SIZE - 1] {
        let mut connection = scene.begin(&file, &format!("content-length: {SIZE}"));
        connection.write_all(&file.content[..sent]).expect("sent");
        drop(connection);
        scene.waits_until_empty();
    }
}

#[test]
fn chunks_without_end_are_413() {
    let scene = Scene::open();
    let file = File::random(SIZE);
    let mut connection = scene.begin(&file, "transfer-encoding: chunked");
    let mut reading = connection.try_clone().expect("a second handle");
    let chunk = [b"2000\r\n".as_slice(), &[7; 0x2000], b"\r\n"].concat();
    let heard = std::thread::scope(|scope| {
        let heard = scope.spawn(move || answer(&mut reading));
        // It ends when the server has heard enough.
        while connection.write_all(&chunk).is_ok() {}
        heard.join().expect("no panic")
    });
    // A connection that ends hard can take the answer with it.
    assert!([0, 413].contains(&heard.0), "{}", heard.1);
    scene.waits_until_empty();
}

#[test]
fn one_chunk_too_many_is_413() {
    let scene = Scene::open();
    let file = File::random(5);
    let mut connection = scene.begin(&file, "transfer-encoding: chunked");
    connection
        .write_all(b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n")
        .expect("sent");
    let (status, text) = answer(&mut connection);
    assert_eq!(status, 413, "{text}");
    scene.waits_until_empty();
}

#[test]
fn chunks_that_are_none_leave_nothing() {
    let scene = Scene::open();
    let file = File::random(SIZE);
    for rubbish in [
        &b"zz\r\nhello\r\n"[..],
        b"-1\r\n\r\n",
        b"ffffffffffffffff1\r\n",
    ] {
        let mut connection = scene.begin(&file, "transfer-encoding: chunked");
        connection.write_all(rubbish).expect("sent");
        let (status, text) = answer(&mut connection);
        assert!([0, 400].contains(&status), "{text}");
        scene.waits_until_empty();
    }
}

#[test]
fn a_length_beside_chunks_changes_nothing() {
    let scene = Scene::open();
    let file = File::random(5);
    let framing = "transfer-encoding: chunked\r\ncontent-length: 3";
    let mut connection = scene.begin(&file, framing);
    connection
        .write_all(b"5\r\nhello\r\n0\r\n\r\n")
        .expect("sent");
    let (status, text) = answer(&mut connection);
    assert!([0, 400].contains(&status), "{text}");
    scene.waits_until_empty();
}

#[test]
fn who_waits_for_permission_is_refused_without_sending() {
    let scene = Scene::open();
    let file = File::random(SIZE);
    let url = scene.owner.presign(&scene.running, &file);
    let mut connection = scene.running.send(&format!(
        "PUT {url} HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\nexpect: 100-continue\r\n\
         content-type: image/png\r\ncontent-length: {SIZE}\r\n\r\n"
    ));
    let (status, text) = answer(&mut connection);
    assert_eq!(status, 401, "{text}");
}

#[test]
fn targets_that_leave_the_api_reach_nothing() {
    let scene = Scene::open();
    let kept = File::random(1000);
    scene.owner.store(&scene.running, &kept);
    let secret = scene.data.path().join("secrets.json");
    let secret = std::fs::read_to_string(secret).expect("secrets");
    for target in [
        "/api/storage/fs/../../../secrets.json",
        "/api/storage/fs/%2e%2e/%2e%2e/secrets.json",
        "/api/storage/fs/..%2f..%2fsecrets.json",
        "/api/storage/fs/%252e%252e%252fsecrets.json",
        "/api/storage/fs/..%5c..%5csecrets.json",
        "/api/storage/fs/%c0%ae%c0%ae/secrets.json",
        "/api/storage/fs/download/../../../secrets.json",
        "/api/storage/fs/download?token=../../secrets.json",
        "/api/storage/fs/download?token=%2e%2e%2fsecrets.json%00.png",
        "/api/storage/tus/../../secrets.json",
        "/api/storage/tus/..%2f..%2fsecrets.json",
        "//secrets.json",
        "/../secrets.json",
        "/.data/secrets.json",
    ] {
        for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "POST"] {
            let line = format!("{method} {target}");
            let (status, text) = scene.owner.ask(&scene.running, &line, b"");
            assert!((400..500).contains(&status), "{line}: {text}");
            assert!(!text.contains(secret.trim()), "{line}");
        }
    }
    assert!(scene.owner.fetch(&scene.running, &kept) == kept.content);
}

#[test]
fn parallel_uploads_of_one_file_to_two_processes_end_in_one_file() {
    let scene = Scene::open();
    let second = Running::start(scene.data.path(), &SETTINGS);
    let _patience = Patience::with(&second, LIMIT);
    let file = File::random(SIZE);
    let url = scene.owner.presign(&scene.running, &file);
    std::thread::scope(|scope| {
        for running in [&scene.running, &second, &scene.running, &second] {
            let (owner, file, url) = (&scene.owner, &file, &url);
            scope.spawn(move || {
                let (status, text) = owner.put(running, file, url);
                assert_eq!(status, 200, "{text}");
            });
        }
    });
    let names: Vec<_> = std::fs::read_dir(scene.folder())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(names, [file.hash.file_name().as_str()]);
}
