//! How much memory transfers take: some buffers, whatever the size of the file.

use tempfile::tempdir;

use crate::owner::{File, Owner};
use crate::running::Running;

const SETTINGS: [(&str, &str); 2] = [
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
];

/// Several times what may be taken.
const SIZE: usize = 64 * 1024 * 1024;
const MAY_GROW_KIB: u64 = 16 * 1024;

#[test]
fn no_transfer_is_held_in_memory() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &SETTINGS);
    let owner = Owner::register(&running);
    // What is made once is there before anything is measured.
    let small = File::random(600_000);
    owner.store(&running, &small);
    assert!(owner.fetch(&running, &small) == small.content);
    let before = running.peak_memory_kib();

    let file = File::random(SIZE);
    owner.store(&running, &file);
    assert!(owner.fetch(&running, &file) == file.content);
    let file = File::random(SIZE);
    let upload = owner.announce(&running, &file);
    let (status, text) = owner.append(&running, &upload, 0, &file.content);
    assert_eq!(status, 204, "{text}");

    let grown = running.peak_memory_kib().saturating_sub(before);
    assert!(
        grown < MAY_GROW_KIB,
        "{grown} KiB for files of {SIZE} bytes"
    );
}
