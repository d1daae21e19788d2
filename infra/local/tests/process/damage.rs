//! Damage that was found once is known to every process, and to the next one.

use rustix::process::Signal;
use serde_json::Value;
use tempfile::tempdir;

use crate::owner::{File, Owner, json_of};
use crate::running::Running;

const SETTINGS: [(&str, &str); 3] = [
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    ("DISABLE_RATE_LIMIT", "1"),
];

/// What deep health warns of under `storage`.
fn warnings(running: &Running) -> Vec<String> {
    let (status, text) = running.get("/api/health?deep=true");
    assert_eq!(status, 200, "{text}");
    let health = json_of(&text);
    assert_eq!(health["status"], "ok", "it still works");
    let warnings = health["providers"]["storage"]["checks"]["warnings"].as_array();
    let text = |warning: &Value| warning.as_str().expect("text").to_owned();
    warnings.expect("a list").iter().map(text).collect()
}

#[test]
fn deep_health_shows_damage_in_every_process_until_the_file_is_sent_again() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &SETTINGS);
    let beside = Running::start(data.path(), &SETTINGS);
    let owner = Owner::register(&running);
    let (file, other) = (File::random(1000), File::random(1000));
    for file in [&file, &other] {
        owner.store(&running, file);
    }
    assert_eq!(warnings(&running), [""; 0]);

    let folder = data.path().join("blobs/workspaces").join(&owner.workspace);
    for file in [&file, &other] {
        std::fs::write(folder.join(file.hash.file_name()), "cut").expect("damaged");
        let (status, text) = owner.presign_download(&running, file);
        assert_eq!(status, 500, "{text}");
    }
    let seen = warnings(&running);
    let [text] = &seen[..] else {
        panic!("{seen:?}");
    };
    assert!(
        text.starts_with("Damaged files: 2, last found at 20"),
        "{text}"
    );
    assert_eq!(warnings(&beside), seen);
    for process in [running, beside] {
        process.signal(Signal::KILL);
        process.wait();
    }

    let running = Running::start(data.path(), &SETTINGS);
    assert_eq!(warnings(&running), seen);
    owner.store(&running, &file);
    let [text] = &warnings(&running)[..] else {
        panic!("one is left");
    };
    assert!(text.starts_with("Damaged files: 1, "), "{text}");
    owner.store(&running, &other);
    assert_eq!(warnings(&running), [""; 0]);
}
