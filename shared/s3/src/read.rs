//! Reading a blob through this process: for tools, since clients fetch theirs by URL.

use std::ops::Range;
use std::sync::Arc;

use futures_util::stream::{TryStreamExt, once, try_unfold};
use http::header::ETAG;
use http::{Method, Response, StatusCode};
use or3_domain::storage::{BlobKey, ByteStream, OpenBlob};
use or3_domain::store::StoreError;
use or3_outbound::Pieces;

use crate::bucket::{Bucket, text};
use crate::failure::refusal_in_pieces;
use crate::store::{exists, size};

/// An object whose bytes have begun to come.
pub(crate) struct OpenObject {
    bucket: Arc<Bucket>,
    key: BlobKey,
    answer: Response<Pieces>,
    size_bytes: u64,
}

/// Opens the object of `key`; `None` only if the bucket is there and the object is not.
pub(crate) async fn open(
    bucket: Arc<Bucket>,
    key: &BlobKey,
) -> Result<Option<OpenObject>, StoreError> {
    let answer = bucket.open(&bucket.object(Method::GET, key)).await?;
    match answer.status() {
        StatusCode::OK => Ok(Some(OpenObject {
            size_bytes: size(answer.headers())?,
            key: key.clone(),
            bucket,
            answer,
        })),
        StatusCode::NOT_FOUND => exists(&bucket).await.map(|()| None),
        _ => Err(refusal_in_pieces(answer, "open a blob").await),
    }
}

impl OpenBlob for OpenObject {
    fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    fn read(self: Box<Self>, range: Range<u64>) -> ByteStream<StoreError> {
        if range == (0..self.size_bytes) {
            return pieces(self.answer);
        }
        if range.is_empty() {
            return Box::pin(futures_util::stream::empty());
        }
        Box::pin(once(self.part(range)).try_flatten())
    }
}

impl OpenObject {
    /// Asks for `range` of the same bytes that were opened, and of no others.
    async fn part(
        self: Box<Self>,
        range: Range<u64>,
    ) -> Result<ByteStream<StoreError>, StoreError> {
        let (first, last) = (range.start, range.end - 1);
        let tag = text(self.answer.headers(), &ETAG).unwrap_or("*").to_owned();
        let get = self
            .bucket
            .object(Method::GET, &self.key)
            .header("range", format!("bytes={first}-{last}"))
            .header("if-match", tag);
        let answer = self.bucket.open(&get).await?;
        match answer.status() {
            StatusCode::PARTIAL_CONTENT => Ok(pieces(answer)),
            _ => Err(refusal_in_pieces(answer, "read a blob").await),
        }
    }
}

/// The bytes of an answer as they come; one that breaks off is an error.
fn pieces(answer: Response<Pieces>) -> ByteStream<StoreError> {
    let pieces = try_unfold(answer.into_body(), async |mut body| {
        let piece = body.next().await?;
        Ok(piece.map(|piece| (piece, body)))
    });
    Box::pin(pieces)
}
