//! Files that are damaged, met at the start.

use or3_domain::clock::Timestamp;
use or3_state::{OpenError, State};

use crate::place::in_folder;

#[tokio::test]
async fn a_start_on_damaged_pages_says_that_a_backup_is_needed() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = in_folder(folder.path());
    let migrate = async || State::migrate(&settings, Timestamp::from_millis(1)).await;
    migrate().await.expect("a new database");
    let path = folder.path().join("or3.db");
    let mut bytes = std::fs::read(&path).expect("a database");
    bytes[4096..].fill(0xFF);
    std::fs::write(&path, bytes).expect("spoilt");
    let refused = migrate().await.expect_err("damaged");
    assert!(
        matches!(&refused, OpenError::Damaged { reason, .. } if reason.contains("malformed")),
        "{refused}"
    );
}
