//! Bytes go in and come out, or nothing does.

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{
    BlobKey, BlobStat, BlobStore, ContentHash, Interruption, Proof, UploadError, Verdict,
};

use super::{AT, body, content, key_in, key_of, put, read, stat};

/// Everything, and every part of it, is what was put.
pub async fn a_blob_comes_back_identical(store: &dyn BlobStore) {
    for size in [1_u32, 7, 262_144, 262_145, 1_000_003] {
        let content = content(size as usize);
        put(store, &content).await;
        let key = key_of(&content);
        assert_eq!(read(store, &key, None).await, content);
        let (start, end) = (size / 2, size - 1);
        let part = read(store, &key, Some((start.into(), end.into()))).await;
        assert_eq!(part, content[start as usize..end as usize]);
        let known = BlobStat {
            size_bytes: size.into(),
            committed: false,
            proof: Proof::Given,
        };
        assert_eq!(stat(store, &key).await, Some(known));
    }
}

/// A file of nothing is a file.
pub async fn an_empty_blob_is_a_blob(store: &dyn BlobStore) {
    put(store, b"").await;
    assert_eq!(read(store, &key_of(b""), None).await, b"");
    let known = stat(store, &key_of(b"")).await.map(|stat| stat.size_bytes);
    assert_eq!(known, Some(0));
}

/// Other bytes, fewer, more, none, and a broken body: the name stays free.
pub async fn a_body_that_is_not_the_blob_leaves_nothing(store: &dyn BlobStore) {
    let content = content(300_000);
    let key = key_of(&content);
    let refused = async |body| store.put(&key, 300_000, body).await.err();
    let mut other = content.clone();
    other[299_999] ^= 1;
    let short = &content[..299_999];
    let long = [content.as_slice(), b"x"].concat();
    let broken = body(short, 4096).chain(stream::iter([Err(Interruption::Broken)]));

    let error = refused(body(&other, 4096)).await;
    assert!(
        matches!(error, Some(UploadError::HashMismatch)),
        "{error:?}"
    );
    let error = refused(body(short, 4096)).await;
    assert!(
        matches!(error, Some(UploadError::HashMismatch)),
        "{error:?}"
    );
    let error = refused(body(&long, 4096)).await;
    assert!(matches!(error, Some(UploadError::TooLong)), "{error:?}");
    let error = refused(body(b"", 1)).await;
    assert!(matches!(error, Some(UploadError::Missing)), "{error:?}");
    let error = refused(broken.boxed()).await;
    assert!(
        matches!(error, Some(UploadError::Interrupted(Interruption::Broken))),
        "{error:?}"
    );
    assert_eq!(stat(store, &key).await, None);
}

/// Reading stops with the first byte too many, however many would follow.
pub async fn a_body_without_end_is_cut_off(store: &dyn BlobStore) {
    let endless = (0..).map(|number| {
        assert!(number < 100_000, "the store reads on without end");
        Ok(Bytes::from_static(&[7; 4096]))
    });
    let endless = stream::iter(endless).boxed();
    let put = store.put(&key_of(b"short"), 5, endless).await;
    assert!(matches!(put, Err(UploadError::TooLong)), "{put:?}");
}

/// The blob that is there is worth more than an upload that fails.
pub async fn a_failed_upload_leaves_the_blob_that_was_there(store: &dyn BlobStore) {
    let content = content(10_000);
    put(store, &content).await;
    let key = key_of(&content);
    let failed = store.put(&key, 10_000, body(&content[1..], 100)).await;
    assert!(failed.is_err());
    assert_eq!(read(store, &key, None).await, content);
}

/// Uploads of one hash at the same time do not disturb each other, nor one who reads.
pub async fn uploads_of_one_hash_at_once_end_in_one_blob(store: &dyn BlobStore) {
    let content = content(200_000);
    put(store, &content).await;
    let key = key_of(&content);
    let upload = || async { store.put(&key, 200_000, body(&content, 1000)).await.is_ok() };
    let uploads = futures_util::future::join_all((0..8).map(|_| upload()));
    let reading = read(store, &key, None);
    let (uploads, seen) = futures_util::future::join(uploads, reading).await;
    assert_eq!(uploads, [true; 8]);
    assert_eq!(seen, content);
    assert_eq!(read(store, &key, None).await, content);
}

/// Legacy blobs are checked by their own algorithm.
pub async fn an_md5_blob_is_verified_too(store: &dyn BlobStore) {
    let mut digester = ContentHash::Md5([0; 16]).digester();
    digester.update(b"legacy");
    let Ok(key) = BlobKey::new(&WorkspaceId::new("ws"), digester.finish()) else {
        return;
    };
    assert!(store.put(&key, 6, body(b"legacY", 6)).await.is_err());
    assert!(store.put(&key, 6, body(b"legacy", 6)).await.is_ok());
    assert_eq!(read(store, &key, None).await, b"legacy");
}

/// Bytes are never shared between workspaces.
pub async fn workspaces_do_not_see_each_other(store: &dyn BlobStore) {
    put(store, b"mine").await;
    assert_eq!(stat(store, &key_in("other", b"mine")).await, None);
    assert!(matches!(
        store.open(&key_in("other", b"mine")).await,
        Ok(None)
    ));
}

/// The mark of a commit can be set again and again.
pub async fn a_mark_is_seen_and_can_be_repeated(store: &dyn BlobStore) {
    put(store, b"marked").await;
    let key = key_of(b"marked");
    for _ in 0..2 {
        let marked = store.mark_committed(&key, "sha256:as sent", AT).await;
        assert!(marked.is_ok(), "{marked:?}");
        assert!(stat(store, &key).await.is_some_and(|stat| stat.committed));
    }
}

/// A look at every byte says that a blob is sound, and of no blob it says nothing.
pub async fn a_blob_is_found_sound(store: &dyn BlobStore) {
    for content in [content(600_000), Vec::new()] {
        put(store, &content).await;
        let verdict = store.verify(&key_of(&content)).await;
        assert!(matches!(verdict, Ok(Some(Verdict::Sound))), "{verdict:?}");
    }
    let verdict = store.verify(&key_of(b"never")).await;
    assert!(matches!(verdict, Ok(None)), "{verdict:?}");
}
