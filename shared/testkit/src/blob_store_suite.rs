//! What every [`BlobStore`] does, whatever it stands on.
#![expect(
    clippy::missing_panics_doc,
    reason = "a fact that does not hold is a panic"
)]

use bytes::Bytes;
use futures_util::stream;
use futures_util::{StreamExt, TryStreamExt};
use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{
    BlobKey, BlobStat, BlobStore, ByteStream, ContentHash, Interruption, Object, Proof, Stored,
    UploadError, Verdict,
};

/// After whatever a test writes, by any store's clock.
const LATER: Timestamp = Timestamp::from_seconds(32_503_680_000);

const AT: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// The key of `content` by SHA-256, in the workspace `ws`.
pub fn key_of(content: &[u8]) -> BlobKey {
    key_in("ws", content)
}

/// The key of `content` by SHA-256, in `workspace`.
#[expect(clippy::expect_used, reason = "a suite's own ids are plain")]
pub fn key_in(workspace: &str, content: &[u8]) -> BlobKey {
    let mut digester = ContentHash::Sha256([0; 32]).digester();
    digester.update(content);
    BlobKey::new(&WorkspaceId::new(workspace), digester.finish()).expect("a plain id")
}

/// `content` as a body that comes in pieces of `size` bytes.
pub fn body(content: &[u8], size: usize) -> ByteStream<Interruption> {
    let pieces: Vec<_> = content
        .chunks(size)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    stream::iter(pieces).boxed()
}

/// Bytes that do not repeat soon.
pub fn content(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

async fn put(store: &dyn BlobStore, content: &[u8]) {
    let size = content.len() as u64;
    let put = store.put(&key_of(content), size, body(content, 4096)).await;
    assert!(put.is_ok(), "{put:?}");
}

async fn read(store: &dyn BlobStore, key: &BlobKey, range: Option<(u64, u64)>) -> Vec<u8> {
    let Ok(Some(blob)) = store.open(key).await else {
        return b"(no blob)".to_vec();
    };
    let (start, end) = range.unwrap_or((0, blob.size_bytes()));
    let pieces: Result<Vec<Bytes>, _> = blob.read(start..end).try_collect().await;
    pieces.map(|pieces| pieces.concat()).unwrap_or_default()
}

async fn stat(store: &dyn BlobStore, key: &BlobKey) -> Option<BlobStat> {
    let stat = store.stat(key).await;
    assert!(stat.is_ok(), "{stat:?}");
    stat.ok().flatten()
}

/// Everything, and every part of it, is what was put.
pub async fn a_blob_comes_back_identical(store: &dyn BlobStore) {
    let content = content(1_000_003);
    put(store, &content).await;
    let key = key_of(&content);
    assert_eq!(read(store, &key, None).await, content);
    let part = read(store, &key, Some((500_000, 999_999))).await;
    assert_eq!(part, content[500_000..999_999]);
    let known = BlobStat {
        size_bytes: 1_000_003,
        committed: false,
        proof: Proof::Given,
    };
    assert_eq!(stat(store, &key).await, Some(known));
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
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[7; 4096]))).boxed();
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

/// Blob and mark go together; what is not there cannot be removed twice.
pub async fn a_removed_blob_is_gone_with_its_mark(store: &dyn BlobStore) {
    put(store, b"gone").await;
    let key = key_of(b"gone");
    assert!(store.mark_committed(&key, "sha256:x", AT).await.is_ok());
    assert!(matches!(store.delete(&key, LATER).await, Ok(true)));
    assert!(matches!(store.delete(&key, LATER).await, Ok(false)));
    assert_eq!(stat(store, &key).await, None);
    put(store, b"gone").await;
    assert!(stat(store, &key).await.is_some_and(|stat| !stat.committed));
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

/// Who has opened a blob can read it to the end.
pub async fn a_blob_that_is_removed_while_read_is_read_to_the_end(store: &dyn BlobStore) {
    let content = content(600_000);
    put(store, &content).await;
    let key = key_of(&content);
    let Ok(Some(blob)) = store.open(&key).await else {
        panic!("the blob was just put");
    };
    assert!(matches!(store.delete(&key, LATER).await, Ok(true)));
    let pieces: Result<Vec<Bytes>, _> = blob.read(0..600_000).try_collect().await;
    assert_eq!(pieces.map(|pieces| pieces.concat()).ok(), Some(content));
}

async fn list(store: &dyn BlobStore, workspace: &str, at_most: u32) -> Vec<Stored> {
    let workspace = WorkspaceId::new(workspace);
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.list(&workspace, after.as_deref(), at_most).await;
        let page = page.unwrap_or_else(|error| panic!("{error}"));
        assert!(page.found.len() <= at_most as usize);
        all.extend(page.found);
        let Some(next) = page.next else {
            return all;
        };
        after = Some(next);
    }
}

/// Every blob is listed once, with its size, whatever the size of a page; marks are not.
pub async fn pages_list_every_blob_once(store: &dyn BlobStore) {
    let contents: Vec<_> = (1..=9).map(content).collect();
    for content in &contents {
        put(store, content).await;
    }
    for marked in &contents[..4] {
        let marked = store.mark_committed(&key_of(marked), "sha256:x", AT).await;
        assert!(marked.is_ok());
    }
    let key = key_in("other", b"other");
    assert!(store.put(&key, 5, body(b"other", 5)).await.is_ok());
    let mut wanted: Vec<_> = contents
        .iter()
        .map(|content| (Object::Blob(*key_of(content).hash()), content.len() as u64))
        .collect();
    wanted.sort_by_key(|(_, size)| *size);
    for at_most in [1, 2, 9, 100] {
        let listed = list(store, "ws", at_most).await;
        let mut listed: Vec<_> = listed
            .into_iter()
            .map(|stored| (stored.object, stored.size_bytes))
            .collect();
        listed.sort_by_key(|(_, size)| *size);
        assert_eq!(listed, wanted, "{at_most} a page");
    }
    assert!(list(store, "nobody", 9).await.is_empty());
}

/// A listing goes on although what it ended with is gone.
pub async fn a_listing_goes_on_while_blobs_are_removed(store: &dyn BlobStore) {
    for length in 1..=9 {
        put(store, &content(length)).await;
    }
    let workspace = WorkspaceId::new("ws");
    let (mut seen, mut after) = (0, None::<String>);
    loop {
        let page = store.list(&workspace, after.as_deref(), 2).await;
        let page = page.unwrap_or_else(|error| panic!("{error}"));
        for stored in page.found {
            let Object::Blob(hash) = stored.object else {
                panic!("{stored:?}");
            };
            let Ok(key) = BlobKey::new(&workspace, hash) else {
                panic!("a plain id");
            };
            assert!(matches!(store.delete(&key, LATER).await, Ok(true)));
            seen += 1;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, 9);
    assert!(list(store, "ws", 9).await.is_empty());
}

/// What was written after it was judged stays.
pub async fn a_younger_blob_is_not_removed(store: &dyn BlobStore) {
    put(store, b"young").await;
    let key = key_of(b"young");
    let marked = store.mark_committed(&key, "sha256:x", AT).await;
    assert!(marked.is_ok());
    let [stored] = &list(store, "ws", 9).await[..] else {
        panic!("one blob");
    };
    let before = Timestamp::from_millis(stored.modified_at.millis() - 2000);
    assert!(matches!(store.delete(&key, before).await, Ok(false)));
    assert_eq!(read(store, &key, None).await, b"young");
    assert!(stat(store, &key).await.is_some_and(|stat| stat.committed));
    let then = stored.modified_at;
    assert!(matches!(store.delete(&key, then).await, Ok(true)));
}

/// A blob's name is no leftover's, and neither is anybody else's.
pub async fn only_leftovers_are_discarded(store: &dyn BlobStore) {
    put(store, b"kept").await;
    let (workspace, key) = (WorkspaceId::new("ws"), key_of(b"kept"));
    for name in [
        &*key.hash().file_name(),
        "",
        ".",
        "..",
        "../ws",
        "notes.txt",
    ] {
        let discarded = store.discard(&workspace, name, LATER).await;
        assert!(!matches!(discarded, Ok(true)), "{name}");
    }
    assert_eq!(read(store, &key, None).await, b"kept");
}
