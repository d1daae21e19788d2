//! Connections whose other end reads nothing: what cannot be written for a while is given up, and
//! the connection with it.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// How long nothing may go out of what is to be written.
const SILENCE: Duration = Duration::from_secs(30);

/// A connection that ends when its other end reads nothing.
pub(crate) struct Read<S> {
    stream: S,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> Read<S> {
    pub(crate) fn by_the_other_end(stream: S) -> Self {
        Self {
            stream,
            stalled: None,
        }
    }

    /// Passes on what became of a write, and ends the patience with one that waits.
    fn watched<T>(
        &mut self,
        context: &mut Context<'_>,
        polled: Poll<Result<T>>,
    ) -> Poll<Result<T>> {
        if polled.is_ready() {
            self.stalled = None;
            return polled;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(SILENCE)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(Error::from(ErrorKind::TimedOut)))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Read<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Read<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watched(context, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.watched(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        self.watched(context, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watched(context, polled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    #[tokio::test(start_paused = true)]
    async fn who_reads_nothing_is_given_up() {
        let (_other_end, near_end) = duplex(8);
        let mut near_end = Read::by_the_other_end(near_end);
        let sent = near_end.write_all(&[0; 9]).await;
        assert_eq!(sent.expect_err("no room").kind(), ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_slowly_is_heard_out() {
        let (mut other_end, near_end) = duplex(8);
        let mut near_end = Read::by_the_other_end(near_end);
        let reads = async {
            for _ in 0..10 {
                sleep(SILENCE / 2).await;
                other_end.read_exact(&mut [0; 8]).await.expect("bytes");
            }
        };
        let (sent, ()) = tokio::join!(near_end.write_all(&[0; 80]), reads);
        sent.expect("all of it");
    }
}
