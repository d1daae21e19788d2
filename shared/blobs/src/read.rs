//! Reading a blob in pieces, one ahead of the network; where asked, the hash is checked on the way
//! and the last piece is given only if it is right.

use std::ops::Range;

use bytes::Bytes;
use futures_util::stream::{self, try_unfold};
use or3_domain::storage::{ByteStream, ContentHash, Digester, OpenBlob};
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
    file: OwnedFd,
    size_bytes: u64,
    /// The hash that a whole read must give, if it is to be checked.
    expected: Option<ContentHash>,
    /// All bytes, where they were read when the file was opened.
    bytes: Option<Bytes>,
}

impl OpenFile {
    /// `file`, which has `size_bytes`. One of a single piece whose hash is not to be checked is
    /// read at once: it costs less than to come back for it.
    pub(crate) fn new(file: OwnedFd, size_bytes: u64, expected: Option<ContentHash>) -> Self {
        let at_once = size_bytes <= PIECE && expected.is_none();
        Self {
            // What cannot be read now says so when it is asked for.
            bytes: at_once
                .then(|| read_exactly(&file, 0, size_bytes).ok())
                .flatten(),
            file,
            size_bytes,
            expected,
        }
    }

    /// The bytes of `range`, where they are here already.
    fn part(&self, range: &Range<u64>) -> Option<Bytes> {
        let start = usize::try_from(range.start).ok()?;
        let end = usize::try_from(range.end).ok()?;
        self.bytes.as_ref().map(|bytes| bytes.slice(start..end))
    }
}

impl OpenBlob for OpenFile {
    fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    fn read(self: Box<Self>, range: Range<u64>) -> ByteStream<StoreError> {
        if let Some(part) = self.part(&range) {
            let part = Some(part).filter(|part| !part.is_empty());
            return Box::pin(stream::iter(part.map(Ok)));
        }
        let whole = range == (0..self.size_bytes);
        let check = self.expected.filter(|_| whole).map(|expected| Check {
            digester: expected.digester(),
            expected,
        });
        let reading = Reading {
            source: Some(Source {
                file: self.file,
                rest: range,
                check,
            }),
            ahead: None,
        };
        Box::pin(try_unfold(reading, Reading::next))
    }
}

/// What is left of a blob; it travels to the thread that reads and back.
struct Source {
    file: OwnedFd,
    rest: Range<u64>,
    check: Option<Check>,
}

struct Check {
    digester: Digester,
    expected: ContentHash,
}

type Piece = JoinHandle<Result<(Bytes, Source), StoreError>>;

struct Reading {
    /// Here between two pieces; otherwise on its way with the piece ahead.
    source: Option<Source>,
    ahead: Option<Piece>,
}

impl Reading {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, StoreError> {
        self.read_ahead();
        let Some(piece) = self.ahead.take() else {
            return Ok(None);
        };
        let (bytes, source) = finished(piece).await?;
        self.source = Some(source);
        self.read_ahead();
        Ok(Some((bytes, self)))
    }

    /// Starts reading the next piece, if there is one and it is not on its way.
    fn read_ahead(&mut self) {
        let unread = self.source.take_if(|source| !source.rest.is_empty());
        if let Some(source) = unread {
            self.ahead = Some(spawn_blocking(move || source.piece()));
        }
    }
}

impl Source {
    fn piece(mut self) -> Result<(Bytes, Self), StoreError> {
        let at = self.rest.start;
        let wanted = (self.rest.end - at).min(PIECE);
        let bytes = read_exactly(&self.file, at, wanted)?;
        self.rest.start += wanted;
        if let Some(check) = &mut self.check {
            check.digester.update(&bytes);
        }
        if self.rest.is_empty() {
            self.check.take().map_or(Ok(()), Check::finish)?;
        }
        Ok((bytes, self))
    }
}

impl Check {
    fn finish(self) -> Result<(), StoreError> {
        let (expected, found) = (self.expected, self.digester.finish());
        if found == expected {
            return Ok(());
        }
        let text = format!("{expected} has the hash {found}");
        Err(StoreError::Damaged(text))
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
            return Err(StoreError::Damaged(text));
        }
    }
    bytes.truncate(whole);
    Ok(Bytes::from(bytes))
}
