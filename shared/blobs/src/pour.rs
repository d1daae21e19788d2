//! Taking bytes as they come: the network fills one buffer while a blocking thread writes the
//! other, so that memory stays at two buffers and a slow sender holds no thread. What fits into
//! one buffer is left to the caller, who can then do everything in a single step.

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use futures_util::stream::Fuse;
use or3_domain::storage::{ByteStream, Interruption};
use or3_domain::store::StoreError;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::failure::finished;

/// How much is written at once.
pub(crate) const BUFFER: usize = 256 * 1024;

/// Where the bytes of an upload go. Each call may wait for the disk.
pub(crate) trait Sink: Sized + Send + 'static {
    type Error: From<StoreError> + Send + 'static;

    fn take(&mut self, bytes: &[u8]) -> Result<(), Self::Error>;
}

/// A sink, or how to open it when the first bytes need it. Opening may wait for the disk.
pub(crate) enum Target<S, F> {
    Closed(F),
    Open(S),
}

impl<S: Sink, F: FnOnce() -> Result<S, S::Error>> Target<S, F> {
    pub(crate) fn open(self) -> Result<S, S::Error> {
        match self {
            Self::Closed(open) => open(),
            Self::Open(sink) => Ok(sink),
        }
    }
}

/// How a body ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    /// In good order; this many of the bytes that were allowed did not come.
    Whole { missing: u64 },
    /// With the first byte too many.
    TooLong,
    /// It stopped coming.
    Interrupted(Interruption),
}

/// A body that was read to its end and written except for `rest`.
pub(crate) struct Poured<S, F> {
    pub(crate) target: Target<S, F>,
    pub(crate) rest: Vec<u8>,
    pub(crate) end: End,
}

/// Pours `body`, which may have `limit` bytes, into `target`.
pub(crate) async fn pour<S, F>(
    target: Target<S, F>,
    body: ByteStream<Interruption>,
    limit: u64,
) -> Result<Poured<S, F>, S::Error>
where
    S: Sink,
    F: FnOnce() -> Result<S, S::Error> + Send + 'static,
{
    let mut body = Body {
        stream: body.fuse(),
        piece: Bytes::new(),
        left: limit,
    };
    let mut stage = Stage::Idle(target);
    let mut filling = Vec::with_capacity(usize::try_from(limit).unwrap_or(BUFFER).min(BUFFER));
    loop {
        let end = body.fill(&mut filling).await;
        // Waiting for the write also at the end leaves nothing behind when this returns.
        let (target, mut spare) = stage.settle().await?;
        if let Some(end) = end {
            let rest = filling;
            return Ok(Poured { target, rest, end });
        }
        spare.clear();
        spare.reserve_exact(BUFFER);
        let full = std::mem::replace(&mut filling, spare);
        stage = Stage::Writing(spawn_blocking(move || {
            let mut sink = target.open()?;
            sink.take(&full)?;
            Ok((sink, full))
        }));
    }
}

/// A write on its way with a full buffer, which comes back to be filled again.
type Step<S> = JoinHandle<Result<(S, Vec<u8>), <S as Sink>::Error>>;

enum Stage<S: Sink, F> {
    Idle(Target<S, F>),
    Writing(Step<S>),
}

impl<S: Sink, F> Stage<S, F> {
    async fn settle(self) -> Result<(Target<S, F>, Vec<u8>), S::Error> {
        match self {
            Self::Idle(target) => Ok((target, Vec::new())),
            Self::Writing(step) => finished(step)
                .await
                .map(|(sink, spare)| (Target::Open(sink), spare)),
        }
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
    /// Fills `buffer`; says how the body ended if it ended before the buffer was full.
    async fn fill(&mut self, buffer: &mut Vec<u8>) -> Option<End> {
        while buffer.len() < BUFFER {
            if self.piece.is_empty() {
                match self.stream.next().await {
                    Some(Ok(piece)) => self.piece = piece,
                    Some(Err(reason)) => return Some(End::Interrupted(reason)),
                    None => return Some(End::Whole { missing: self.left }),
                }
                let Some(left) = self.left.checked_sub(self.piece.len() as u64) else {
                    return Some(End::TooLong);
                };
                self.left = left;
            }
            let fits = self.piece.len().min(BUFFER - buffer.len());
            buffer.extend_from_slice(&self.piece[..fits]);
            self.piece.advance(fits);
        }
        None
    }
}
