//! The body of an upload: with patience that ends, and read to the end before an error is
//! answered, because a client that is still sending may not see an answer on a closed connection.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use futures_util::stream::unfold;
use or3_domain::storage::{ByteStream, Interruption};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

/// How long nothing may come.
const SILENCE: Duration = Duration::from_secs(30);

/// How long an upload may take besides what its size needs at [`SLOWEST`].
const GRACE: Duration = Duration::from_mins(1);

/// The least that a sender must manage over a whole upload, in bytes a second.
const SLOWEST: u64 = 16 * 1024;

/// How much and how long a refused body is still read.
const DRAINED_BYTES: usize = 8 * 1024 * 1024;
const DRAINED_TIME: Duration = Duration::from_secs(5);

/// A body that can be read as a stream and, when that stream is given up, drained.
pub(crate) struct Incoming {
    body: Arc<Mutex<BodyDataStream>>,
    deadline: Instant,
}

impl Incoming {
    /// `body`, which should bring `size_bytes`.
    pub(crate) fn new(body: Body, size_bytes: u64) -> Self {
        let needed = Duration::from_secs(size_bytes / SLOWEST);
        Self {
            body: Arc::new(Mutex::new(body.into_data_stream())),
            deadline: Instant::now() + GRACE + needed,
        }
    }

    /// The bytes as they come, until the sender is too slow.
    pub(crate) fn pieces(&self) -> ByteStream<Interruption> {
        let deadline = self.deadline;
        let pieces = unfold(Arc::clone(&self.body), move |body| async move {
            let patience = deadline.min(Instant::now() + SILENCE);
            let next = timeout_at(patience, async { body.lock().await.next().await }).await;
            let piece = match next {
                Ok(None) => return None,
                Ok(Some(piece)) => piece.map_err(|_| Interruption::Broken),
                Err(_) => Err(Interruption::Stalled),
            };
            Some((piece, body))
        });
        Box::pin(pieces)
    }

    /// Reads on for a while and forgets what comes.
    pub(crate) async fn drain(&self) {
        let mut left = DRAINED_BYTES;
        let all = async {
            let mut body = self.body.lock().await;
            while let Some(Ok(piece)) = body.next().await {
                let Some(rest) = left.checked_sub(piece.len()) else {
                    return;
                };
                left = rest;
            }
        };
        let _enough = timeout_at(Instant::now() + DRAINED_TIME, all).await;
    }
}
