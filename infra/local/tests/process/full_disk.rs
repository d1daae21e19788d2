//! A volume without room: nothing more can be stored, and everything else goes on.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::{TempDir, tempdir};

use crate::owner::{File, Owner, json_of};
use crate::running::{Running, command};

const SETTINGS: [(&str, &str); 2] = [
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
];

const ROOTS_PASSWORD: &str = "correct horse battery staple";

/// A small file system of its own, in memory.
struct Volume(TempDir);

impl Volume {
    /// Mounts one; `None` where this user may not: then this says so.
    fn mount() -> Option<Self> {
        let folder = tempdir().expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=16m,mode=700", "or3-test"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(folder));
        }
        eprintln!("SKIPPED: this user may not mount a volume");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes the room that is left, to the last byte.
    fn fill(&self) {
        let filler = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path().join("filler"));
        let mut filler = filler.expect("a file");
        for size in [1 << 16, 1 << 12, 1] {
            let block = vec![7; size];
            let full = loop {
                if let Err(error) = filler.write_all(&block) {
                    break error;
                }
            };
            assert_eq!(full.kind(), ErrorKind::StorageFull, "{full}");
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.path().join("filler")).expect("removed");
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(self.path()).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} stays mounted", self.path().display());
        }
    }
}

/// Asserts that the answer says that there is no room, in the contract's form.
fn assert_no_room((status, text): &(u16, String)) {
    assert_eq!(*status, 507, "{text}");
    let body = json_of(text);
    assert_eq!(body["error"], true);
    assert_eq!(body["statusCode"], 507);
    assert_eq!(body["statusMessage"], "Insufficient Storage");
}

/// Asserts that a client is asked to repeat its push later: of anything else the oldest ones would
/// give the edit up (sync contract, 21.1).
fn assert_to_be_repeated((status, text): &(u16, String)) {
    assert_eq!(*status, 503, "{text}");
    assert!(text.contains("retry-after: 30\r\n"), "{text}");
    assert_eq!(json_of(text)["statusMessage"], "Service Unavailable");
}

/// A change of many bytes, so that it needs room.
fn push(owner: &Owner, running: &Running) -> (u16, String) {
    let workspace = &owner.workspace;
    let id = File::random(8).hash.hex();
    let title = "x".repeat(60_000);
    let batch = format!(
        r#"{{"scope":{{"workspaceId":"{workspace}"}},"ops":[{{"id":"{id}","tableName":"threads",
        "operation":"put","pk":"{id}","createdAt":1,"attempts":0,"status":"pending",
        "payload":{{"id":"{id}","title":"{title}","status":"ready","pinned":false,"deleted":false,
        "created_at":1,"updated_at":1,"clock":1}},
        "stamp":{{"deviceId":"d","opId":"{}-{}","clock":1,"hlc":"0000000000001:0000:d"}}}}]}}"#,
        &id[..8],
        "0000-4000-8000-000000000000"
    );
    owner.ask(running, "POST /api/sync/push", batch.as_bytes())
}

fn pull(owner: &Owner, running: &Running) -> (u16, String) {
    let workspace = &owner.workspace;
    let body = format!(r#"{{"scope":{{"workspaceId":"{workspace}"}},"cursor":0,"limit":10}}"#);
    owner.ask(running, "POST /api/sync/pull", body.as_bytes())
}

/// The names of the workspace's files, temporary ones included.
fn files(data: &Path, owner: &Owner) -> Vec<String> {
    let folder = data.join("blobs/workspaces").join(&owner.workspace);
    let entries = fs::read_dir(folder).expect("a folder");
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    entries
        .map(|entry| name(entry.expect("an entry")))
        .collect()
}

#[test]
fn on_a_full_volume_nothing_more_is_stored_and_everything_else_goes_on() {
    let Some(volume) = Volume::mount() else {
        return;
    };
    let running = Running::start(volume.path(), &SETTINGS);
    let owner = Owner::register(&running);
    let kept = File::random(600_000);
    owner.store(&running, &kept);
    let (status, text) = push(&owner, &running);
    assert_eq!(status, 200, "{text}");
    let more = File::random(700_000);
    let url = owner.presign(&running, &more);
    let partial = owner.announce(&running, &more);

    volume.fill();
    let before = files(volume.path(), &owner);
    assert_no_room(&owner.put(&running, &more, &url));
    assert_eq!(files(volume.path(), &owner), before, "no rest is left");
    assert_no_room(&owner.append(&running, &partial, 0, &more.content));
    for _ in 0..3 {
        assert_to_be_repeated(&push(&owner, &running));
    }
    assert!(owner.fetch(&running, &kept) == kept.content);
    assert_eq!(pull(&owner, &running).0, 200);
    let guess = br#"{"email":"a@or3.test","password":"a guess that nobody counts"}"#;
    let guessed = owner.ask(&running, "POST /api/basic-auth/sign-in", guess);
    assert_no_room(&guessed);
    let session = owner.ask(&running, "GET /api/auth/session", b"");
    assert!(json_of(&session.1)["session"].is_object(), "{}", session.1);
    let (status, text) = owner.give_up(&running, &partial);
    assert_eq!(status, 204, "what is removed makes room: {text}");

    volume.make_room();
    let (status, text) = push(&owner, &running);
    assert_eq!(status, 200, "{text}");
    owner.store(&running, &more);
    assert!(owner.fetch(&running, &more) == more.content);
    drop(running);
}

/// The super admin's header lines, signed in.
fn super_admin(running: &Running) -> String {
    let page = "origin: http://or3.test\r\nx-or3-admin-intent: admin\r\n";
    let nobody = Owner {
        cookie: page.to_owned(),
        workspace: String::new(),
    };
    let body = format!(r#"{{"username":"root","password":"{ROOTS_PASSWORD}"}}"#);
    let (status, text) = nobody.ask(running, "POST /api/admin/auth/login", body.as_bytes());
    assert_eq!(status, 200, "{text}");
    let token = text.split("or3_admin=").nth(1).expect("a cookie");
    let token = token.split(';').next().unwrap_or_default();
    format!("{page}cookie: or3_admin={token}\r\n")
}

/// Lets the only upload in parts have ended long ago: its name says when.
fn let_it_end(data: &Path) {
    let mut uploads = fs::read_dir(data.join("blobs/uploads")).expect("a folder");
    let upload = uploads.next().expect("an upload").expect("an entry").path();
    let name = upload.file_name().expect("a name").to_string_lossy();
    let (_, random) = name.split_once('-').expect("an end, and a number");
    fs::rename(&upload, upload.with_file_name(format!("1-{random}"))).expect("renamed");
}

#[test]
fn a_collection_makes_room_on_a_full_volume() {
    let Some(volume) = Volume::mount() else {
        return;
    };
    let settings = [
        SETTINGS[0],
        SETTINGS[1],
        ("OR3_ADMIN_USERNAME", "root"),
        ("OR3_ADMIN_PASSWORD", ROOTS_PASSWORD),
        // The timer would be in the way.
        ("OR3_GC_INTERVAL_SECONDS", "0"),
    ];
    let running = Running::start(volume.path(), &settings);
    let owner = Owner::register(&running);
    let root = Owner {
        cookie: super_admin(&running),
        workspace: String::new(),
    };
    let file = File::random(700_000);
    let partial = owner.announce(&running, &file);
    let (status, text) = owner.append(&running, &partial, 0, &file.content[..600_000]);
    assert_eq!(status, 204, "{text}");
    let_it_end(volume.path());

    volume.fill();
    assert_to_be_repeated(&push(&owner, &running));
    let collect = |kinds: &str| {
        let body = format!(r#"{{"kinds":[{kinds}]}}"#);
        root.ask(&running, "POST /api/admin/gc/run", body.as_bytes())
    };
    assert_no_room(&collect(r#""sessions""#));
    let (status, text) = collect(r#""partial-uploads""#);
    assert_eq!(status, 200, "{text}");
    let run = json_of(&text);
    assert_eq!(
        (&run["removed"], &run["bytes"], &run["outcome"]),
        (&1.into(), &600_000.into(), &"completed".into())
    );
    let (status, text) = push(&owner, &running);
    assert_eq!(status, 200, "{text}");
    let runs = root.ask(&running, "GET /api/admin/gc/runs", b"").1;
    assert_eq!(
        json_of(&runs)["runs"][0],
        run_of_record(&run),
        "it is written down"
    );
    let trail = root
        .ask(&running, "GET /api/admin/audit?action=collection", b"")
        .1;
    let entries = json_of(&trail)["entries"].as_array().map_or(0, Vec::len);
    assert_eq!(entries, 1, "{trail}");
}

/// The answer without what is not in the record.
fn run_of_record(run: &serde_json::Value) -> serde_json::Value {
    let mut run = run.clone();
    run.as_object_mut().expect("a run").remove("nextCursor");
    run
}

/// The same without a volume of its own: the operating system refuses files of more than some
/// megabytes to the process.
#[test]
fn a_file_that_the_system_refuses_is_no_room_too() {
    let data = tempdir().expect("a folder");
    let mut limited = Command::new("sh");
    let server = command(data.path(), &SETTINGS);
    limited
        .args(["-c", "ulimit -f 8192; trap '' XFSZ; exec \"$0\""])
        .arg(server.get_program())
        .env_clear()
        .envs(
            server
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(Stdio::null());
    let running = Running::of(limited);
    let owner = Owner::register(&running);
    let small = File::random(600_000);
    owner.store(&running, &small);
    let large = File::random(10_000_000);
    let url = owner.presign(&running, &large);
    let before = files(data.path(), &owner);
    assert_no_room(&owner.put(&running, &large, &url));
    assert_eq!(files(data.path(), &owner), before, "no rest is left");
    let partial = owner.announce(&running, &large);
    assert_no_room(&owner.append(&running, &partial, 0, &large.content));
    assert!(owner.fetch(&running, &small) == small.content);
    owner.store(&running, &File::random(600_000));
}
