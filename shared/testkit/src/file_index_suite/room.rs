//! Room that is given back.

use std::time::Duration;

use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{FileIndex, Reservation};

use super::{HELD, LIFETIME, NOW, hash, reserve, usage};

/// Gives back what [`reserve`] has held.
async fn release(index: &dyn FileIndex, workspace: &WorkspaceId, number: u8, now: Timestamp) {
    let reservation = Reservation {
        hash: hash(number),
        size_bytes: 1000,
        expires_at: now.plus(LIFETIME),
    };
    let released = index.release(workspace, &reservation).await;
    assert!(released.is_ok(), "{released:?}");
}

/// Room that is given back is free at once, and giving it back again changes nothing.
pub async fn room_that_is_given_back_is_free(index: &dyn FileIndex, workspace: &WorkspaceId) {
    assert_eq!(reserve(index, workspace, 1, 1000, NOW).await, HELD);
    for _ in 0..2 {
        release(index, workspace, 1, NOW).await;
    }
    assert_eq!(reserve(index, workspace, 2, 1000, NOW).await, HELD);
}

/// Two who have asked for the room of one file: neither takes it from the other, whoever came
/// first, whoever may stay longer, and when they end at the same moment.
pub async fn room_that_is_shared_is_not_given_back(index: &dyn FileIndex, workspace: &WorkspaceId) {
    let later = NOW.plus(Duration::from_secs(1));
    let orders = [(NOW, later), (later, NOW), (NOW, NOW)];
    for (number, (one, two)) in (1..).zip(orders) {
        assert_eq!(reserve(index, workspace, number, 300, one).await, HELD);
        assert_eq!(reserve(index, workspace, number, 300, two).await, HELD);
        release(index, workspace, number, one).await;
        release(index, workspace, number, two).await;
    }
    assert_eq!(usage(index, workspace, NOW).await, (0, 900));
    let end = later.plus(LIFETIME).plus(Duration::from_millis(1));
    assert_eq!(usage(index, workspace, end).await, (0, 0));
}

/// Who comes after a reservation has ended, or was consumed, is alone with the room.
pub async fn room_is_ones_own_after_others_have_ended(
    index: &dyn FileIndex,
    workspace: &WorkspaceId,
) {
    assert_eq!(reserve(index, workspace, 1, 1000, NOW).await, HELD);
    let end = NOW.plus(LIFETIME);
    assert_eq!(reserve(index, workspace, 1, 1000, end).await, HELD);
    release(index, workspace, 1, end).await;
    assert_eq!(usage(index, workspace, end).await, (0, 0));
}
