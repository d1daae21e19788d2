//! What every [`FileIndex`] does. Each fact takes a workspace that exists and holds nothing.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fact that does not hold is a panic"
)]

mod damage;
mod late;
mod room;

use std::time::Duration;

use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::mime::FileKind;
use or3_domain::storage::{
    CommittedFile, ContentHash, FileFacts, FileIndex, Recorded, Reservation, Reserved,
};

pub use damage::{
    damage_is_counted_until_the_file_is_committed_again,
    damage_is_summed_up_until_the_blob_is_sound_again,
};
pub use late::{
    a_commit_within_its_reservation_is_never_refused, a_commit_without_room_must_fit,
    the_last_room_is_committed_once,
};
pub use room::{
    room_is_ones_own_after_others_have_ended, room_that_is_given_back_is_free,
    room_that_is_shared_is_not_given_back,
};

const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);
const LIFETIME: Duration = Duration::from_mins(15);
const QUOTA: u64 = 1000;

fn hash(number: u8) -> ContentHash {
    ContentHash::Sha256([number; 32])
}

fn file(number: u8, size_bytes: u64) -> CommittedFile {
    CommittedFile {
        hash: hash(number),
        size_bytes,
        mime_type: "image/png".to_owned(),
        name: "a.png".to_owned(),
        kind: Some(FileKind::Image),
    }
}

async fn reserve(
    index: &dyn FileIndex,
    workspace: &WorkspaceId,
    number: u8,
    size_bytes: u64,
    now: Timestamp,
) -> Reserved {
    let reservation = Reservation {
        hash: hash(number),
        size_bytes,
        expires_at: now.plus(LIFETIME),
    };
    let reserved = index.reserve(workspace, &reservation, QUOTA, now).await;
    reserved.unwrap_or_else(|error| panic!("{error}"))
}

async fn commit(index: &dyn FileIndex, workspace: &WorkspaceId, file: &CommittedFile) {
    let committed = index.commit(workspace, file, u64::MAX, NOW).await;
    assert!(matches!(committed, Ok(Recorded::Counted)), "{committed:?}");
}

/// What a commit of `file` is told where there is a quota.
async fn record(
    index: &dyn FileIndex,
    workspace: &WorkspaceId,
    file: &CommittedFile,
    now: Timestamp,
) -> Recorded {
    let recorded = index.commit(workspace, file, QUOTA, now).await;
    recorded.unwrap_or_else(|error| panic!("{error}"))
}

async fn usage(index: &dyn FileIndex, workspace: &WorkspaceId, now: Timestamp) -> (u64, u64) {
    let usage = index.usage(workspace, now).await;
    let usage = usage.unwrap_or_else(|error| panic!("{error}"));
    (usage.stored_bytes, usage.reserved_bytes)
}

const fn over(projected_bytes: u64) -> Reserved {
    Reserved::OverQuota { projected_bytes }
}

const HELD: Reserved = Reserved::Held;

/// Nothing is known of a file that nobody mentioned.
pub async fn an_unknown_file_has_no_facts(index: &dyn FileIndex, workspace: &WorkspaceId) {
    let facts = index.find(workspace, &hash(1)).await;
    assert!(matches!(facts, Ok(facts) if facts == FileFacts::default()));
    assert_eq!(usage(index, workspace, NOW).await, (0, 0));
}

/// A commit is found as it was made, and counts.
pub async fn a_commit_is_found_and_counted(index: &dyn FileIndex, workspace: &WorkspaceId) {
    commit(index, workspace, &file(1, 700)).await;
    let found = index.find(workspace, &hash(1)).await.unwrap_or_default();
    assert_eq!(found.committed, Some(file(1, 700)));
    assert_eq!(usage(index, workspace, NOW).await, (700, 0));
}

/// Committing again counts once, and the newest description stays.
pub async fn a_repeated_commit_counts_once(index: &dyn FileIndex, workspace: &WorkspaceId) {
    commit(index, workspace, &file(1, 700)).await;
    let renamed = CommittedFile {
        name: "b.png".to_owned(),
        kind: None,
        ..file(1, 700)
    };
    commit(index, workspace, &renamed).await;
    let found = index.find(workspace, &hash(1)).await.unwrap_or_default();
    assert_eq!(found.committed, Some(renamed));
    assert_eq!(usage(index, workspace, NOW).await, (700, 0));
}

/// What is stored, what is reserved and what is asked for must fit together; exactly the quota
/// fits.
pub async fn the_quota_counts_stored_and_reserved_bytes(
    index: &dyn FileIndex,
    workspace: &WorkspaceId,
) {
    commit(index, workspace, &file(1, 500)).await;
    assert_eq!(reserve(index, workspace, 2, 300, NOW).await, HELD);
    assert_eq!(reserve(index, workspace, 3, 201, NOW).await, over(1001));
    assert_eq!(usage(index, workspace, NOW).await, (500, 300));
    assert_eq!(reserve(index, workspace, 3, 200, NOW).await, HELD);
    assert_eq!(reserve(index, workspace, 4, 0, NOW).await, HELD);
    assert_eq!(reserve(index, workspace, 5, 1, NOW).await, over(1001));
}

/// The same file costs nothing more, in a full workspace too.
pub async fn a_file_that_is_stored_or_reserved_costs_nothing_more(
    index: &dyn FileIndex,
    workspace: &WorkspaceId,
) {
    commit(index, workspace, &file(1, 600)).await;
    assert_eq!(reserve(index, workspace, 2, 400, NOW).await, HELD);
    assert_eq!(reserve(index, workspace, 1, 600, NOW).await, HELD);
    assert_eq!(reserve(index, workspace, 2, 400, NOW).await, HELD);
    assert_eq!(usage(index, workspace, NOW).await, (600, 400));
}

/// A reservation that was made small cannot be used for more.
pub async fn asking_for_more_of_a_reserved_file_costs_the_difference(
    index: &dyn FileIndex,
    workspace: &WorkspaceId,
) {
    assert_eq!(reserve(index, workspace, 1, 100, NOW).await, HELD);
    assert_eq!(reserve(index, workspace, 1, 1001, NOW).await, over(1001));
    assert_eq!(reserve(index, workspace, 1, 900, NOW).await, HELD);
    assert_eq!(reserve(index, workspace, 1, 5, NOW).await, HELD);
    assert_eq!(usage(index, workspace, NOW).await, (0, 900));
}

/// Room comes back when an upload never finishes, not a moment earlier.
pub async fn a_reservation_ends_with_its_url(index: &dyn FileIndex, workspace: &WorkspaceId) {
    let end = NOW.plus(LIFETIME);
    let just_before = end.minus(Duration::from_millis(1));
    assert_eq!(reserve(index, workspace, 1, 1000, NOW).await, HELD);
    assert_eq!(
        reserve(index, workspace, 2, 1, just_before).await,
        over(1001)
    );
    assert_eq!(usage(index, workspace, end).await, (0, 0));
    assert_eq!(reserve(index, workspace, 2, 1, end).await, HELD);
}

/// A finished upload is counted as stored and no longer as reserved.
pub async fn a_commit_ends_its_reservation(index: &dyn FileIndex, workspace: &WorkspaceId) {
    assert_eq!(reserve(index, workspace, 1, 1000, NOW).await, HELD);
    commit(index, workspace, &file(1, 1000)).await;
    assert_eq!(usage(index, workspace, NOW).await, (1000, 0));
}

/// Of many that ask at once for the last room, one gets it.
pub async fn the_last_room_is_given_once(index: &dyn FileIndex, workspace: &WorkspaceId) {
    let asked = (0..8).map(|number| reserve(index, workspace, number, 600, NOW));
    let held = futures_util::future::join_all(asked).await;
    assert_eq!(held.iter().filter(|held| **held == HELD).count(), 1);
}

/// One workspace's files and reservations are not another's.
pub async fn workspaces_do_not_share_their_room(
    index: &dyn FileIndex,
    workspace: &WorkspaceId,
    other: &WorkspaceId,
) {
    commit(index, workspace, &file(1, 1000)).await;
    assert_eq!(reserve(index, other, 1, 1000, NOW).await, HELD);
    let facts = index.find(other, &hash(1)).await.unwrap_or_default();
    assert_eq!(facts, FileFacts::default());
}
