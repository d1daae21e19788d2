//! How long a request may take: measured from the last byte that came of it, so that a large body
//! on a slow line is no reason to give up while it keeps coming.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, timeout_at};

use crate::error::ApiError;

/// Lets `handle` work on `request`, and answers in its place when nothing has happened for `limit`:
/// 408 when it waits for the client, 503 when the client waits for it. What it was doing is given
/// up, as when a client goes away. A limit of [`Duration::MAX`] is none, and sets no timer.
pub(super) async fn within<F>(
    limit: Duration,
    request: Request,
    handle: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    if limit == Duration::MAX {
        return handle(request).await;
    }
    let arrival = Arrival::new();
    let mut answer = pin!(handle(arrival.watching(request)));
    loop {
        let due = arrival.lock().at + limit;
        if let Ok(answer) = timeout_at(due, answer.as_mut()).await {
            return answer;
        }
        let now = arrival.lock();
        if now.at + limit <= Instant::now() {
            return given_up(now.awaited).into_response();
        }
    }
}

fn given_up(on_the_client: bool) -> ApiError {
    if on_the_client {
        ApiError::slow()
    } else {
        ApiError::late()
    }
}

/// How much of a request is there.
#[derive(Clone)]
struct Arrival(Arc<Mutex<State>>);

struct State {
    /// When the last piece came.
    at: Instant,
    /// Whether the handler waits for the next one.
    awaited: bool,
}

impl Arrival {
    fn new() -> Self {
        let at = Instant::now();
        Self(Arc::new(Mutex::new(State { at, awaited: false })))
    }

    /// The same request with a body that is watched, if there is one.
    fn watching(&self, request: Request) -> Request {
        if request.body().is_end_stream() {
            return request;
        }
        request.map(|body| {
            let arrival = self.clone();
            Body::new(Watched { body, arrival })
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body that notes what comes of it.
struct Watched {
    body: Body,
    arrival: Arrival,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        let mut state = self.arrival.lock();
        state.awaited = polled.is_pending();
        if !state.awaited {
            state.at = Instant::now();
        }
        drop(state);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    /// Whoever gives a body up waits for nothing more of it.
    fn drop(&mut self) {
        self.arrival.lock().awaited = false;
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream::unfold;
    use http::StatusCode;
    use http_body_util::BodyExt;
    use tokio::time::sleep;

    use super::*;

    const LIMIT: Duration = Duration::from_mins(1);

    /// A body of `pieces`, each `pause` after the one before; then nothing, without an end.
    fn dripping(pieces: usize, pause: Duration) -> Request {
        let body = unfold(0, move |sent| async move {
            if sent == pieces {
                return std::future::pending().await;
            }
            sleep(pause).await;
            Some((Ok::<_, Infallible>("piece"), sent + 1))
        });
        Request::new(Body::from_stream(body))
    }

    async fn read(request: Request) -> Response {
        let whole = request.into_body().collect().await;
        whole.expect("a whole body");
        StatusCode::OK.into_response()
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stops_is_408_however_long_it_came_before() {
        let started = Instant::now();
        let request = dripping(10, LIMIT / 2);
        assert_eq!(within(LIMIT, request, read).await.status(), 408);
        assert_eq!(started.elapsed(), LIMIT / 2 * 10 + LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_that_does_not_come_back_is_503_with_a_pause() {
        for request in [Request::new(Body::empty()), dripping(1, LIMIT / 2)] {
            let stuck = within(LIMIT, request, async |request: Request| {
                let _unread = request;
                std::future::pending().await
            });
            let answer = stuck.await;
            assert_eq!(answer.status(), 503);
            assert!(answer.headers().contains_key("retry-after"));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_answers_in_time_is_heard() {
        let answer = within(LIMIT, Request::new(Body::empty()), async |_| {
            sleep(LIMIT / 2).await;
            StatusCode::OK.into_response()
        });
        assert_eq!(answer.await.status(), 200);
    }
}
