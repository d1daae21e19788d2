//! Sending a blob through this process: for tools, since clients send theirs by URL.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::stream::{StreamExt, TryStreamExt, try_unfold};
use http::Method;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use or3_domain::storage::mime::OPAQUE;
use or3_domain::storage::{BlobKey, ByteStream, ContentHash, Digester, Interruption, UploadError};
use or3_outbound::{Body, BrokenOff, nothing};

use crate::bucket::Bucket;
use crate::digest::binding;
use crate::failure::refusal_in_pieces;

/// Sends `body` as the object of `key`. The last piece leaves only when length and hash are right:
/// S3 keeps nothing of a request that breaks off.
pub(crate) async fn put(
    bucket: &Bucket,
    key: &BlobKey,
    size_bytes: u64,
    body: ByteStream<Interruption>,
) -> Result<(), UploadError> {
    let call = bucket
        .object(Method::PUT, key)
        .header("content-length", size_bytes.to_string())
        .header("content-type", OPAQUE)
        .headers(binding(key.hash()));
    let refused = Refused::default();
    let sending = Sending {
        body,
        digester: key.hash().digester(),
        expected: *key.hash(),
        size_bytes,
        left: size_bytes,
        refused: refused.clone(),
    };
    let sent = bucket.send(&call, sending.into_body().await?).await;
    if let Some(error) = refused.take() {
        return Err(error);
    }
    let answer = sent?;
    if answer.status().is_success() {
        return Ok(());
    }
    Err(refusal_in_pieces(answer, "send a blob").await.into())
}

/// Why a body was not sent to its end; the HTTP client keeps no reasons.
#[derive(Clone, Default)]
struct Refused(Arc<Mutex<Option<UploadError>>>);

impl Refused {
    fn set(&self, error: UploadError) -> BrokenOff {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        BrokenOff
    }

    fn take(&self) -> Option<UploadError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

struct Sending {
    body: ByteStream<Interruption>,
    digester: Digester,
    expected: ContentHash,
    size_bytes: u64,
    /// How many bytes are still to come.
    left: u64,
    refused: Refused,
}

impl Sending {
    /// The body of the request. One of nothing is looked at first, since nobody would read it.
    async fn into_body(mut self) -> Result<Body, UploadError> {
        if self.size_bytes == 0 {
            self.next().await?;
            return Ok(nothing());
        }
        let pieces = try_unfold(self, async |mut sending: Self| match sending.next().await {
            Ok(Some(piece)) => Ok(Some((piece, sending))),
            Ok(None) => Ok(None),
            Err(error) => Err(sending.refused.set(error)),
        });
        Ok(StreamBody::new(pieces.map_ok(Frame::data)).boxed_unsync())
    }

    /// The next piece that is not empty; before the last one is given, everything is checked.
    async fn next(&mut self) -> Result<Option<Bytes>, UploadError> {
        let Some(piece) = self.take().await? else {
            return self.check().map(|()| None);
        };
        if self.left == 0 {
            // A piece more would be one too many, and says so.
            self.take().await?;
            self.check()?;
        }
        Ok(Some(piece))
    }

    async fn take(&mut self) -> Result<Option<Bytes>, UploadError> {
        while let Some(piece) = self.body.next().await {
            let piece = piece?;
            let length = piece.len() as u64;
            self.left = self.left.checked_sub(length).ok_or(UploadError::TooLong)?;
            self.digester.update(&piece);
            if length > 0 {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    fn check(&self) -> Result<(), UploadError> {
        if self.left == self.size_bytes && self.size_bytes > 0 {
            return Err(UploadError::Missing);
        }
        if self.left > 0 || self.digester.clone().finish() != self.expected {
            return Err(UploadError::HashMismatch);
        }
        Ok(())
    }
}
