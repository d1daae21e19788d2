//! What every [`PartialUploads`] does, together with the [`BlobStore`] on the same place.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fact that does not hold is a panic"
)]

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use or3_domain::clock::Timestamp;
use or3_domain::storage::{
    BlobStore, ByteStream, Interruption, Part, PartialError, PartialId, PartialUploads, Verdict,
};
use tokio::sync::oneshot;

use crate::SequentialIds;
use crate::blob_store_suite::{body, content, key_of};

const END: Timestamp = Timestamp::from_seconds(1_767_225_600);
/// Longer than what a provider writes at once.
const LENGTH: usize = 700_000;
const SHA1_OF_HELLO: &str = "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=";

async fn begun(uploads: &dyn PartialUploads) -> PartialId {
    begun_until(uploads, END, &SequentialIds::default()).await
}

async fn begun_until(
    uploads: &dyn PartialUploads,
    end: Timestamp,
    ids: &SequentialIds,
) -> PartialId {
    let id = PartialId::new(end, ids);
    let begun = uploads.begin(&id).await;
    assert!(begun.is_ok(), "{begun:?}");
    id
}

/// A part at `offset` of an upload of [`LENGTH`] bytes.
fn part(offset: usize) -> Part {
    Part {
        offset: offset as u64,
        limit: (LENGTH - offset) as u64,
        checksum: None,
    }
}

/// The words of the protocol's own example, with the checksum `text`.
fn hello(text: &str) -> Part {
    Part {
        offset: 0,
        limit: 100,
        checksum: text.parse().ok(),
    }
}

async fn append(uploads: &dyn PartialUploads, id: &PartialId, offset: usize, bytes: &[u8]) -> u64 {
    let appended = uploads.append(id, part(offset), body(bytes, 4096)).await;
    appended.unwrap_or_else(|error| panic!("{error}"))
}

async fn received(uploads: &dyn PartialUploads, id: &PartialId) -> Option<u64> {
    let received = uploads.received(id).await;
    received.unwrap_or_else(|error| panic!("{error}"))
}

/// `bytes`, and then the sender breaks off.
fn broken(bytes: &[u8]) -> ByteStream<Interruption> {
    let end = stream::iter([Err(Interruption::Broken)]);
    body(bytes, 4096).chain(end).boxed()
}

/// Parts follow each other, and the whole is the blob, whose upload is gone.
pub async fn parts_become_the_blob(uploads: &dyn PartialUploads, blobs: &dyn BlobStore) {
    let content = content(LENGTH);
    let key = key_of(&content);
    let id = begun(uploads).await;
    assert_eq!(received(uploads, &id).await, Some(0));
    for (start, end) in [(0, 5), (5, 400_000), (400_000, LENGTH)] {
        let length = append(uploads, &id, start, &content[start..end]).await;
        assert_eq!(length, end as u64);
        assert_eq!(received(uploads, &id).await, Some(length));
    }
    assert!(matches!(blobs.stat(&key).await, Ok(None)), "not yet");
    let finished = uploads.finish(&id, &key, LENGTH as u64).await;
    assert!(finished.is_ok(), "{finished:?}");
    assert!(matches!(blobs.verify(&key).await, Ok(Some(Verdict::Sound))));
    assert_eq!(received(uploads, &id).await, None);
    let again = uploads.finish(&id, &key, LENGTH as u64).await;
    assert!(matches!(again, Err(PartialError::Unknown)), "{again:?}");
}

/// An upload of nothing is whole from the start.
pub async fn an_empty_upload_is_a_blob(uploads: &dyn PartialUploads, blobs: &dyn BlobStore) {
    let id = begun(uploads).await;
    let finished = uploads.finish(&id, &key_of(b""), 0).await;
    assert!(finished.is_ok(), "{finished:?}");
    let stat = blobs.stat(&key_of(b"")).await;
    assert!(matches!(stat, Ok(Some(stat)) if stat.size_bytes == 0));
}

/// A part that begins elsewhere changes nothing and says where it should begin.
pub async fn a_part_at_another_offset_changes_nothing(
    uploads: &dyn PartialUploads,
    _blobs: &dyn BlobStore,
) {
    let id = begun(uploads).await;
    append(uploads, &id, 0, b"hello").await;
    for offset in [0, 4, 6] {
        let refused = uploads.append(&id, part(offset), body(b"x", 1)).await;
        assert!(
            matches!(refused, Err(PartialError::WrongOffset { received: 5 })),
            "{refused:?}"
        );
    }
    assert_eq!(received(uploads, &id).await, Some(5));
}

/// What came before the sender broke off has arrived, to the last byte.
pub async fn a_part_that_breaks_off_stays_as_far_as_it_came(
    uploads: &dyn PartialUploads,
    blobs: &dyn BlobStore,
) {
    let content = content(LENGTH);
    let id = begun(uploads).await;
    for (start, end) in [(0, 300_001), (300_001, 300_002)] {
        let bytes = &content[start..end];
        let refused = uploads.append(&id, part(start), broken(bytes)).await;
        assert!(
            matches!(
                refused,
                Err(PartialError::Interrupted(Interruption::Broken))
            ),
            "{refused:?}"
        );
        assert_eq!(received(uploads, &id).await, Some(end as u64));
    }
    append(uploads, &id, 300_002, &content[300_002..]).await;
    let key = key_of(&content);
    let finished = uploads.finish(&id, &key, LENGTH as u64).await;
    assert!(finished.is_ok(), "{finished:?}");
    assert!(matches!(blobs.verify(&key).await, Ok(Some(Verdict::Sound))));
}

/// A part with a checksum counts as a whole or not at all.
pub async fn a_part_with_a_checksum_counts_whole_or_not_at_all(
    uploads: &dyn PartialUploads,
    _blobs: &dyn BlobStore,
) {
    let id = begun(uploads).await;
    let wrong = uploads
        .append(&id, hello(SHA1_OF_HELLO), body(b"hello worlD", 4))
        .await;
    assert!(
        matches!(wrong, Err(PartialError::ChecksumMismatch)),
        "{wrong:?}"
    );
    assert_eq!(received(uploads, &id).await, Some(0));
    let cut = uploads
        .append(&id, hello(SHA1_OF_HELLO), broken(b"hello wor"))
        .await;
    assert!(matches!(cut, Err(PartialError::Interrupted(_))), "{cut:?}");
    assert_eq!(received(uploads, &id).await, Some(0));
    let right = uploads
        .append(&id, hello(SHA1_OF_HELLO), body(b"hello world", 4))
        .await;
    assert_eq!(right.ok(), Some(11));
}

/// Nothing of a part stays that is longer than what is missing, and reading it stops.
pub async fn a_part_that_is_too_long_leaves_nothing(
    uploads: &dyn PartialUploads,
    _blobs: &dyn BlobStore,
) {
    let id = begun(uploads).await;
    append(uploads, &id, 0, b"hello").await;
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[7; 4096]))).boxed();
    let refused = uploads.append(&id, part(5), endless).await;
    assert!(matches!(refused, Err(PartialError::TooLong)), "{refused:?}");
    assert_eq!(received(uploads, &id).await, Some(5));
}

/// While one part is written nobody else writes, finishes or removes; afterwards they may.
pub async fn one_writes_at_a_time(uploads: &dyn PartialUploads, _blobs: &dyn BlobStore) {
    let id = begun(uploads).await;
    let (started, start) = oneshot::channel();
    let (go_on, wait) = oneshot::channel::<()>();
    let slow = stream::once(async move {
        // Asked for once the upload is held.
        let _receiver_waits = started.send(());
        let _sender_waits = wait.await;
        Ok(Bytes::from_static(b"hello"))
    });
    let writing = uploads.append(&id, part(0), slow.boxed());
    let others = async {
        assert!(start.await.is_ok());
        let second = uploads.append(&id, part(0), body(b"x", 1)).await;
        assert!(matches!(second, Err(PartialError::Busy)), "{second:?}");
        let finished = uploads.finish(&id, &key_of(b""), 0).await;
        assert!(matches!(finished, Err(PartialError::Busy)), "{finished:?}");
        let discarded = uploads.discard(&id).await;
        assert!(
            matches!(discarded, Err(PartialError::Busy)),
            "{discarded:?}"
        );
        assert!(go_on.send(()).is_ok());
    };
    let (written, ()) = futures_util::future::join(writing, others).await;
    assert_eq!(written.ok(), Some(5));
    assert_eq!(append(uploads, &id, 5, b" world").await, 11);
}

/// Of many parts for the same place one arrives.
pub async fn of_many_parts_at_once_one_arrives(
    uploads: &dyn PartialUploads,
    _blobs: &dyn BlobStore,
) {
    let id = begun(uploads).await;
    let parts = (0..8).map(|_| uploads.append(&id, part(0), body(b"hello", 1)));
    let arrived = futures_util::future::join_all(parts).await;
    assert_eq!(arrived.iter().filter(|part| part.is_ok()).count(), 1);
    assert_eq!(received(uploads, &id).await, Some(5));
}

/// Bytes that are not the announced ones never get the blob's name, and the upload is over.
pub async fn other_bytes_are_no_blob(uploads: &dyn PartialUploads, blobs: &dyn BlobStore) {
    let id = begun(uploads).await;
    append(uploads, &id, 0, b"hello").await;
    let early = uploads.finish(&id, &key_of(b"hello!"), 6).await;
    assert!(
        matches!(early, Err(PartialError::WrongOffset { received: 5 })),
        "{early:?}"
    );
    let other = uploads.finish(&id, &key_of(b"hellO"), 5).await;
    assert!(
        matches!(other, Err(PartialError::HashMismatch)),
        "{other:?}"
    );
    assert_eq!(received(uploads, &id).await, None);
    assert!(matches!(blobs.stat(&key_of(b"hellO")).await, Ok(None)));
}

/// What was given up is gone, and nothing can be added to it.
pub async fn an_upload_that_is_given_up_is_gone(
    uploads: &dyn PartialUploads,
    _blobs: &dyn BlobStore,
) {
    let id = begun(uploads).await;
    append(uploads, &id, 0, b"hello").await;
    assert!(uploads.discard(&id).await.is_ok());
    assert_eq!(received(uploads, &id).await, None);
    let late = uploads.append(&id, part(5), body(b"x", 1)).await;
    assert!(matches!(late, Err(PartialError::Unknown)), "{late:?}");
    let again = uploads.discard(&id).await;
    assert!(matches!(again, Err(PartialError::Unknown)), "{again:?}");
}

/// Uploads are listed when their time is over, not a moment earlier, by name and piece by piece.
pub async fn uploads_are_listed_when_they_have_ended(
    uploads: &dyn PartialUploads,
    _blobs: &dyn BlobStore,
) {
    let listed = async |now, after, limit| {
        let ended = uploads.ended(now, after, limit).await;
        let ended = ended.unwrap_or_else(|error| panic!("{error}"));
        let names: Vec<_> = ended
            .iter()
            .map(|ended| (ended.id, ended.size_bytes))
            .collect();
        names
    };
    assert_eq!(listed(END, None, 10).await, [], "none yet");
    let ids = SequentialIds::default();
    let later = END.plus(Duration::from_secs(1));
    let open = begun_until(uploads, later, &ids).await;
    let mut ended = Vec::new();
    for _ in 0..3 {
        ended.push((begun_until(uploads, END, &ids).await, 0));
    }
    ended.sort();
    append(uploads, &ended[0].0, 0, b"hello").await;
    ended[0].1 = 5;
    let before = END.minus(Duration::from_millis(1));
    assert_eq!(listed(before, None, 10).await, []);
    assert_eq!(listed(END, None, 10).await, ended);
    assert_eq!(listed(END, None, 2).await, ended[..2]);
    assert_eq!(listed(END, Some(ended[1].0), 2).await, ended[2..]);
    assert_eq!(listed(later, Some(ended[2].0), 10).await, [(open, 0)]);
    assert!(uploads.discard(&ended[1].0).await.is_ok());
    assert_eq!(listed(END, None, 10).await, [ended[0], ended[2]]);
}
