//! Taking an upload: the network fills one buffer while a blocking thread hashes and writes the
//! other, so that memory stays at two buffers and a slow sender holds no thread.

use std::sync::Arc;

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use futures_util::stream::Fuse;
use or3_domain::storage::{BlobKey, ByteStream, Digester, Interruption, UploadError};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::failure::{blocking, finished};
use crate::folder::Root;
use crate::staged::Staged;

/// How much is hashed and written at once.
const BUFFER: usize = 256 * 1024;

/// An upload as far as it is written, with a buffer to fill next.
struct Writing {
    file: Staged,
    digester: Digester,
    buffer: Vec<u8>,
}

type Step = JoinHandle<Result<Writing, UploadError>>;

/// Takes `body` into the file `temporary` and makes it the blob of `key`. When it returns an
/// error, the temporary file is gone.
pub(crate) async fn receive(
    root: Arc<Root>,
    key: BlobKey,
    temporary: String,
    size_bytes: u64,
    body: ByteStream<Interruption>,
) -> Result<(), UploadError> {
    let mut body = Body {
        stream: body.fuse(),
        piece: Bytes::new(),
        left: size_bytes,
    };
    let (workspace, digester) = (key.workspace().clone(), key.hash().digester());
    let first = spawn_blocking(move || {
        let file = Staged::create(root.make(&workspace)?, temporary)?;
        Ok(Writing {
            file,
            digester,
            buffer: Vec::with_capacity(BUFFER),
        })
    });
    let writing = write_all(first, &mut body).await?;
    if body.left == size_bytes && size_bytes > 0 {
        return Err(UploadError::Missing);
    }
    blocking(move || {
        if body.left > 0 || writing.digester.finish() != *key.hash() {
            return Err(UploadError::HashMismatch);
        }
        Ok(writing.file.publish(&key.hash().file_name())?)
    })
    .await
}

async fn write_all(first: Step, body: &mut Body) -> Result<Writing, UploadError> {
    let mut step = first;
    let mut filling = Vec::with_capacity(BUFFER);
    loop {
        let filled = body.fill(&mut filling).await;
        // Waiting for the step also on an error leaves nothing behind when this returns.
        let mut writing = finished(step).await?;
        filled?;
        if filling.is_empty() {
            return Ok(writing);
        }
        std::mem::swap(&mut writing.buffer, &mut filling);
        step = spawn_blocking(move || {
            writing.digester.update(&writing.buffer);
            writing.file.append(&writing.buffer)?;
            writing.buffer.clear();
            Ok(writing)
        });
    }
}

struct Body {
    stream: Fuse<ByteStream<Interruption>>,
    /// What came and found no room in the buffer.
    piece: Bytes,
    /// How many bytes may still come.
    left: u64,
}

impl Body {
    /// Fills `buffer` up to its capacity; it stays empty at the end of the body.
    async fn fill(&mut self, buffer: &mut Vec<u8>) -> Result<(), UploadError> {
        while buffer.len() < BUFFER {
            if self.piece.is_empty() {
                let Some(piece) = self.stream.next().await else {
                    return Ok(());
                };
                self.piece = piece?;
                let length = self.piece.len() as u64;
                self.left = self.left.checked_sub(length).ok_or(UploadError::TooLong)?;
            }
            let fits = self.piece.len().min(BUFFER - buffer.len());
            buffer.extend_from_slice(&self.piece[..fits]);
            self.piece.advance(fits);
        }
        Ok(())
    }
}
