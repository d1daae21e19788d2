//! Reading a blob in pieces, one ahead of the network.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::try_unfold;
use or3_domain::storage::{ByteStream, OpenBlob};
use or3_domain::store::StoreError;
use rustix::buffer::spare_capacity;
use rustix::fd::OwnedFd;
use rustix::io::pread;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::failure::{self, finished};

/// How much is read at once: enough that handing over to a thread does not show.
const PIECE: u64 = 256 * 1024;

/// A file that was opened as a blob.
pub(crate) struct OpenFile {
    pub(crate) file: OwnedFd,
    pub(crate) size_bytes: u64,
}

impl OpenBlob for OpenFile {
    fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    fn read(self: Box<Self>, range: Range<u64>) -> ByteStream<StoreError> {
        let reading = Reading {
            file: Arc::new(self.file),
            rest: range,
            ahead: None,
        };
        Box::pin(try_unfold(reading, Reading::next))
    }
}

type Piece = JoinHandle<Result<Bytes, StoreError>>;

struct Reading {
    file: Arc<OwnedFd>,
    /// What has not been asked for yet.
    rest: Range<u64>,
    ahead: Option<Piece>,
}

impl Reading {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, StoreError> {
        let Some(piece) = self.ahead.take().or_else(|| self.ask()) else {
            return Ok(None);
        };
        let bytes = finished(piece).await?;
        self.ahead = self.ask();
        Ok(Some((bytes, self)))
    }

    /// Starts reading the next piece, if there is one.
    fn ask(&mut self) -> Option<Piece> {
        let at = self.rest.start;
        let wanted = self.rest.end.saturating_sub(at).min(PIECE);
        if wanted == 0 {
            return None;
        }
        self.rest.start += wanted;
        let file = Arc::clone(&self.file);
        Some(spawn_blocking(move || read_exactly(&file, at, wanted)))
    }
}

fn read_exactly(file: &OwnedFd, at: u64, wanted: u64) -> Result<Bytes, StoreError> {
    let whole = usize::try_from(wanted).unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(whole);
    while bytes.len() < whole {
        let from = at + bytes.len() as u64;
        let read = rustix::io::retry_on_intr(|| pread(file, spare_capacity(&mut bytes), from))
            .map_err(|error| failure::of(error, "read a blob"))?;
        if read == 0 {
            let text = format!("a blob ends at byte {from}, within its size");
            return Err(StoreError::Fault(text));
        }
    }
    bytes.truncate(whole);
    Ok(Bytes::from(bytes))
}
