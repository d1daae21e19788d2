//! What lies below a name, in pages of the order of names.

use http::{Method, StatusCode};
use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{BlobKey, Listing, Object, Stored};
use or3_domain::store::StoreError;

use crate::bucket::{Bucket, Call};
use crate::entries::{Entry, hash_of, parse};
use crate::failure::refusal;
use crate::place::object_name;

/// The most that S3 lists at once.
const LONGEST_PAGE: u32 = 1000;

/// A page of the blobs of `workspace`. Other objects, which are not ours, are passed over.
pub(crate) async fn page(
    bucket: &Bucket,
    workspace: &WorkspaceId,
    after: Option<&str>,
    at_most: u32,
) -> Result<Listing, StoreError> {
    let below = format!("{}{workspace}/", bucket.place.prefix);
    let (entries, more) = entries(bucket, &below, after, at_most).await?;
    let last = entries.last().map(|entry| entry.key.clone());
    let blob = |entry: Entry| {
        let hash = hash_of(entry.key.strip_prefix(&below)?)?;
        Some(Stored {
            object: Object::Blob(hash),
            size_bytes: entry.size_bytes,
            modified_at: entry.modified_at,
        })
    };
    Ok(Listing {
        found: entries.into_iter().filter_map(blob).collect(),
        next: last.filter(|_| more),
    })
}

/// When the object of `key` was written, if there is one.
pub(crate) async fn one(bucket: &Bucket, key: &BlobKey) -> Result<Option<Timestamp>, StoreError> {
    let name = format!("{}{}", bucket.place.prefix, object_name(key));
    let (entries, _) = entries(bucket, &name, None, 1).await?;
    let own = entries.into_iter().find(|entry| entry.key == name);
    Ok(own.map(|entry| entry.modified_at))
}

/// Objects whose key starts with `prefix`, and whether there are more. A page goes on behind a
/// key, which stays possible when that key is gone.
async fn entries(
    bucket: &Bucket,
    prefix: &str,
    after: Option<&str>,
    at_most: u32,
) -> Result<(Vec<Entry>, bool), StoreError> {
    let mut list = Call::new(Method::GET, bucket.place.bucket_path())
        .query("list-type", "2")
        .query("encoding-type", "url")
        .query("max-keys", at_most.min(LONGEST_PAGE).to_string())
        .query("prefix", prefix);
    if let Some(after) = after {
        list = list.query("start-after", after);
    }
    let answer = bucket.ask(&list).await?;
    if answer.status() != StatusCode::OK {
        return Err(refusal(&answer, "list blobs"));
    }
    parse(answer.body()).ok_or_else(|| StoreError::Fault("a list that cannot be read".to_owned()))
}
