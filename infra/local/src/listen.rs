//! Accepting connections and serving the router on them, for as long as each deserves it: a head
//! that does not come, an answer that is not read, and too many connections all end some time.
//! What takes long within a request is the business of the standard layers.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tower::Service;

use crate::crowd::{Busy, Crowd, Place};
use crate::stalled::Read;

/// The most that is buffered of one connection, and so the longest head: twice what the standard
/// layers let pass, so that they can say what is wrong.
const BUFFER_BYTES: usize = 64 * 1024;

/// How long nothing is accepted after the system had no room for another connection.
const PAUSE: Duration = Duration::from_millis(100);

/// Who may be connected, and for how long without saying anything.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) connections: u32,
    pub(crate) header_timeout: Duration,
}

/// Serves until `stopped`; then accepts nobody, sends away who has no request under way, and
/// returns when the last answer is written.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    stopped: oneshot::Receiver<()>,
) {
    let crowd = Crowd::of(bounds.connections);
    let (stop, stopping) = watch::channel(());
    let mut stopped = pin!(stopped);
    loop {
        let (stream, address) = tokio::select! {
            _handle_dropped = stopped.as_mut() => break,
            accepted = accept(&listener) => accepted,
        };
        let place = tokio::select! {
            _handle_dropped = stopped.as_mut() => break,
            place = crowd.enter() => place,
        };
        let (router, stopping) = (router.clone(), stopping.clone());
        tokio::spawn(async move {
            attend(stream, address, router, place, bounds, stopping).await;
        });
    }
    drop(listener);
    let _nobody_listens = stop.send(());
    crowd.leave().await;
}

/// The next connection. One that broke before it was accepted is nothing; no room for any is
/// trouble that passes.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConnectionAborted
                        | ErrorKind::ConnectionRefused
                        | ErrorKind::ConnectionReset
                ) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn attend(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    place: Place,
    bounds: Bounds,
    mut stopping: watch::Receiver<()>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection takes no TCP_NODELAY");
    }
    let stream = TokioIo::new(Read::by_the_other_end(stream));
    let service = service_fn(|request| answer(router.clone(), request, address, place.busy()));
    let mut served = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(bounds.header_timeout)
            .max_buf_size(BUFFER_BYTES)
            .serve_connection(stream, service)
    );
    loop {
        tokio::select! {
            ended = served.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke");
                }
                return;
            }
            () = place.dismissed() => return,
            Ok(()) = stopping.changed() => served.as_mut().graceful_shutdown(),
        }
    }
}

async fn answer(
    mut router: Router,
    request: http::Request<Incoming>,
    address: SocketAddr,
    busy: Busy,
) -> Result<Response, Infallible> {
    let mut request: Request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(address));
    let response = router.call(request).await?;
    Ok(response.map(|body| Body::new(Kept { body, _busy: busy })))
}

/// The body of an answer: while it is written its connection is busy.
struct Kept {
    body: Body,
    _busy: Busy,
}

impl HttpBody for Kept {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
