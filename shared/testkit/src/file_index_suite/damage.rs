//! Damage that was found.

use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::FileIndex;

use super::{LIFETIME, NOW, commit, file, hash};

/// Damage is counted, listed with the newest first, and forgotten when the file is sent again.
pub async fn damage_is_counted_until_the_file_is_committed_again(
    index: &dyn FileIndex,
    workspace: &WorkspaceId,
) {
    let later = NOW.plus(LIFETIME);
    for (number, at) in [(1, NOW), (2, NOW), (1, later)] {
        let noted = index.note_damage(workspace, &hash(number), at).await;
        assert!(noted.is_ok(), "{noted:?}");
    }
    let damaged = index.damaged(10).await.unwrap_or_default();
    let seen: Vec<_> = damaged
        .iter()
        .map(|blob| (blob.hash, blob.found_at, blob.seen_at, blob.times))
        .collect();
    assert_eq!(seen, [(hash(1), NOW, later, 2), (hash(2), NOW, NOW, 1)]);
    assert!(damaged.iter().all(|blob| blob.workspace == *workspace));
    assert_eq!(index.damaged(1).await.unwrap_or_default(), damaged[..1]);

    commit(index, workspace, &file(1, 700)).await;
    assert_eq!(index.damaged(10).await.unwrap_or_default(), damaged[1..]);
}

pub(super) async fn damage(index: &dyn FileIndex) -> (u64, Option<Timestamp>) {
    let damage = index.damage().await.unwrap_or_default();
    (damage.blobs, damage.last_seen_at)
}

/// Findings at once each count, and a blob that was found sound afterwards no longer does.
pub async fn damage_is_summed_up_until_the_blob_is_sound_again(
    index: &dyn FileIndex,
    workspace: &WorkspaceId,
) {
    assert_eq!(damage(index).await, (0, None));
    let later = NOW.plus(LIFETIME);
    let findings = (0..20_u8).map(|number| {
        let hash = hash(number % 2);
        async move { index.note_damage(workspace, &hash, NOW).await.is_ok() }
    });
    assert_eq!(futures_util::future::join_all(findings).await, [true; 20]);
    assert!(index.note_damage(workspace, &hash(1), later).await.is_ok());
    assert_eq!(damage(index).await, (2, Some(later)));
    let times: Vec<_> = index
        .damaged(10)
        .await
        .unwrap_or_default()
        .iter()
        .map(|blob| blob.times)
        .collect();
    assert_eq!(times, [11, 10]);

    let elsewhere = WorkspaceId::new("elsewhere");
    let both = [hash(0), hash(1)];
    for (looked_in, looked_at) in [(&elsewhere, later.plus(LIFETIME)), (workspace, NOW)] {
        let noted = index.note_sound(looked_in, &both, looked_at).await;
        assert!(noted.is_ok(), "{noted:?}");
        assert_eq!(damage(index).await, (2, Some(later)));
    }
    assert!(index.note_sound(workspace, &both, later).await.is_ok());
    assert_eq!(
        damage(index).await,
        (1, Some(later)),
        "the other was found since"
    );
    let after = later.plus(LIFETIME);
    assert!(index.note_sound(workspace, &both, after).await.is_ok());
    assert_eq!(damage(index).await, (0, None));
}
