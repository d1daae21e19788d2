//! Blobs whose bits change, and reads that are to notice it.

use std::fs;

use futures_util::TryStreamExt;
use or3_blobs::FsBlobs;
use or3_domain::storage::{BlobKey, BlobStore, Verdict};
use or3_domain::store::StoreError;
use or3_testkit::blob_store_suite::{body, content, key_of};

use crate::Volume;

#[tokio::test]
async fn a_blob_whose_bits_have_changed_breaks_off_before_its_end_where_reads_are_verified() {
    let volume = Volume::open().await;
    let large = content(600_000);
    let key = key_of(&large);
    let put = volume.blobs.put(&key, 600_000, body(&large, 4096)).await;
    put.expect("stored");
    let verifying = volume.blobs.clone().verifying(100);
    assert_eq!(read(&verifying, &key).await.ok().as_ref(), Some(&large));

    let path = volume.folder().join(key.hash().file_name());
    let mut rotten = large.clone();
    rotten[10] ^= 1;
    fs::write(path, &rotten).expect("damaged");
    for blobs in [&verifying, &volume.blobs] {
        let verdict = blobs.verify(&key).await;
        assert_eq!(verdict.ok(), Some(Some(Verdict::Damaged)));
    }
    let broken = read(&verifying, &key).await;
    assert!(matches!(broken, Err(StoreError::Damaged(_))), "{broken:?}");
    assert_eq!(
        read(&volume.blobs, &key).await.ok(),
        Some(rotten),
        "not looked at"
    );
}

#[tokio::test]
async fn a_blob_that_is_cut_while_it_is_read_breaks_off() {
    let volume = Volume::open().await;
    let large = content(600_000);
    let key = key_of(&large);
    let put = volume.blobs.put(&key, 600_000, body(&large, 4096)).await;
    put.expect("stored");
    let blob = volume.blobs.open(&key).await.expect("a look");
    let blob = blob.expect("a blob");
    let path = volume.folder().join(key.hash().file_name());
    let file = fs::File::options().write(true).open(path).expect("a file");
    file.set_len(1000).expect("cut");
    let read: Result<Vec<_>, _> = blob.read(0..600_000).try_collect().await;
    assert!(matches!(read, Err(StoreError::Damaged(_))), "{read:?}");
}

async fn read(blobs: &FsBlobs, key: &BlobKey) -> Result<Vec<u8>, StoreError> {
    let blob = blobs.open(key).await?.expect("a blob");
    let size = blob.size_bytes();
    let pieces: Vec<_> = blob.read(0..size).try_collect().await?;
    Ok(pieces.concat())
}
