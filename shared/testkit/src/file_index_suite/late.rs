//! Commits that come when their reservation is over, or when there is no room.

use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{FileFacts, FileIndex, Recorded};

use super::damage::damage;
use super::{HELD, LIFETIME, NOW, commit, file, hash, record, reserve, usage};

/// An upload whose URL has ended has no room any more: what others hold meanwhile counts, and a
/// refused commit leaves everything as it was.
pub async fn a_commit_without_room_must_fit(index: &dyn FileIndex, workspace: &WorkspaceId) {
    let end = NOW.plus(LIFETIME);
    assert_eq!(reserve(index, workspace, 1, 600, NOW).await, HELD);
    assert_eq!(reserve(index, workspace, 2, 300, end).await, HELD);
    commit(index, workspace, &file(3, 101)).await;
    assert!(index.note_damage(workspace, &hash(1), NOW).await.is_ok());
    let projected_bytes = 1001;
    for _ in 0..2 {
        let recorded = record(index, workspace, &file(1, 600), end).await;
        assert_eq!(recorded, Recorded::OverQuota { projected_bytes });
    }
    let facts = index.find(workspace, &hash(1)).await.unwrap_or_default();
    assert_eq!(facts, FileFacts::default());
    assert_eq!(damage(index).await, (1, Some(NOW)));
    assert_eq!(usage(index, workspace, end).await, (101, 300));
    let recorded = record(index, workspace, &file(1, 599), end).await;
    assert_eq!(recorded, Recorded::Counted);
    assert_eq!(usage(index, workspace, end).await, (700, 300));
}

/// A promise is kept in a workspace that has come to hold more than it may, and a repetition is
/// free there.
pub async fn a_commit_within_its_reservation_is_never_refused(
    index: &dyn FileIndex,
    workspace: &WorkspaceId,
) {
    assert_eq!(reserve(index, workspace, 1, 600, NOW).await, HELD);
    assert_eq!(reserve(index, workspace, 2, 100, NOW).await, HELD);
    commit(index, workspace, &file(3, 2000)).await;
    let over = record(index, workspace, &file(2, 101), NOW).await;
    let projected_bytes = 2701;
    assert_eq!(
        over,
        Recorded::OverQuota { projected_bytes },
        "more than was promised"
    );
    assert_eq!(usage(index, workspace, NOW).await, (2000, 700));
    for _ in 0..2 {
        let recorded = record(index, workspace, &file(1, 600), NOW).await;
        assert_eq!(recorded, Recorded::Counted);
    }
    assert_eq!(usage(index, workspace, NOW).await, (2600, 100));
}

/// Of many late commits at once, those succeed that fit together.
pub async fn the_last_room_is_committed_once(index: &dyn FileIndex, workspace: &WorkspaceId) {
    let files: Vec<_> = (0..8).map(|number| file(number, 600)).collect();
    let commits = files.iter().map(|file| record(index, workspace, file, NOW));
    let recorded = futures_util::future::join_all(commits).await;
    let counted = recorded.iter().filter(|one| **one == Recorded::Counted);
    assert_eq!(counted.count(), 1);
    assert_eq!(usage(index, workspace, NOW).await, (600, 0));
}
