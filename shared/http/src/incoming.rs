//! The body of an upload: with patience that ends, and read to the end before an error is
//! answered, because a client that is still sending may not see an answer on a closed connection.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use futures_util::stream::unfold;
use http::HeaderMap;
use http::header::EXPECT;
use or3_domain::storage::{ByteStream, Interruption};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

/// How long nothing may come.
const SILENCE: Duration = Duration::from_secs(30);

/// How long nothing may come of a body that can go on later.
const RESUMABLE_SILENCE: Duration = Duration::from_secs(10);

/// How long a body may take besides what its size needs at [`SLOWEST`].
const GRACE: Duration = Duration::from_mins(1);

/// The least that a sender must manage over a whole body, in bytes a second.
const SLOWEST: u64 = 16 * 1024;

/// How much and how long a refused body is still read.
const DRAINED_BYTES: usize = 16 * 1024 * 1024;
const DRAINED_TIME: Duration = Duration::from_secs(5);

/// How long a body of `size_bytes` may take.
pub(crate) fn time_for(size_bytes: u64) -> Duration {
    GRACE + Duration::from_secs(size_bytes / SLOWEST)
}

/// A body that can be read as a stream and, when that stream is given up, drained.
pub struct Incoming {
    body: Arc<Mutex<BodyDataStream>>,
    deadline: Instant,
    silence: Duration,
}

impl Incoming {
    /// `body`, which should bring `size_bytes`.
    pub fn new(body: Body, size_bytes: u64) -> Self {
        Self {
            body: Arc::new(Mutex::new(body.into_data_stream())),
            deadline: Instant::now() + time_for(size_bytes),
            silence: SILENCE,
        }
    }

    /// The same with less patience, for a body that can go on later: while it is silent, its
    /// sender may be trying to do so on another connection.
    pub fn resumable(body: Body, size_bytes: u64) -> Self {
        Self {
            silence: RESUMABLE_SILENCE,
            ..Self::new(body, size_bytes)
        }
    }

    /// The bytes as they come, until the sender is too slow.
    pub fn pieces(&self) -> ByteStream<Interruption> {
        let (deadline, silence) = (self.deadline, self.silence);
        let pieces = unfold(Arc::clone(&self.body), move |body| async move {
            let patience = deadline.min(Instant::now() + silence);
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

    /// Lets a client whose body is refused finish sending, for a while; one that waits for
    /// permission to send (`Expect`) is not given it.
    pub async fn hear_out(&self, headers: &HeaderMap) {
        if !headers.contains_key(EXPECT) {
            self.drain().await;
        }
    }

    async fn drain(&self) {
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
