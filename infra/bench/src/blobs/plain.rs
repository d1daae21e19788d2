//! A plain file server in a process of its own, to measure ours beside: it reads a file and sends
//! it, with the same HTTP library on kept connections, and asks nobody who wants it.

use std::convert::Infallible;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use http::header::CONTENT_LENGTH;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::spawn_blocking;

use crate::command::{Command, Outcome};
use crate::process::Server;

/// How much is read at once, as by the server that is measured.
const PIECE: u64 = 256 << 10;

/// `bench file-server`.
pub const COMMAND: Command = Command {
    name: "file-server",
    about: "what `blobs` measures beside: serves the files of FOLDER",
    run,
};

type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// A process that serves the files of `folder`, each under its name.
pub(super) fn start(folder: &Path) -> Outcome<Server> {
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.arg(COMMAND.name).arg(folder);
    Server::of(command, tempfile::tempdir()?)
}

fn run(arguments: &[String]) -> Outcome {
    let folder = arguments.first().ok_or("which folder?")?;
    let folder: Arc<Path> = PathBuf::from(folder).into();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(folder))
}

async fn serve(folder: Arc<Path>) -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("file-server listening on http://{address}");
    std::io::stdout().flush()?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(converse(stream, Arc::clone(&folder)));
    }
}

async fn converse(stream: TcpStream, folder: Arc<Path>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let path = folder.join(request.uri().path().trim_start_matches('/'));
        async move { Ok::<_, Infallible>(answer(path).await) }
    });
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if let Err(error) = served.await {
        eprintln!("a connection ended: {error}");
    }
}

async fn answer(path: PathBuf) -> Response<Body> {
    let begun = spawn_blocking(move || begin(&path)).await;
    let Ok(Ok((first, file, rest))) = begun else {
        let nothing = Empty::new().map_err(|never| match never {}).boxed_unsync();
        let mut answer = Response::new(nothing);
        *answer.status_mut() = StatusCode::NOT_FOUND;
        return answer;
    };
    let length = first.len() as u64 + rest;
    let body = if rest == 0 {
        Full::new(first)
            .map_err(|never| match never {})
            .boxed_unsync()
    } else {
        let start = stream::iter([Ok(first)]);
        let pieces = stream::try_unfold((file, rest), next);
        StreamBody::new(start.chain(pieces).map_ok(Frame::data)).boxed_unsync()
    };
    let mut answer = Response::new(body);
    answer.headers_mut().insert(CONTENT_LENGTH, length.into());
    answer
}

/// The first piece of a file, the file, and how much is left of it.
fn begin(path: &Path) -> std::io::Result<(Bytes, File, u64)> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let first = piece(&mut file, size.min(PIECE))?;
    Ok((first, file, size.saturating_sub(PIECE)))
}

async fn next((mut file, rest): (File, u64)) -> std::io::Result<Option<(Bytes, (File, u64))>> {
    if rest == 0 {
        return Ok(None);
    }
    let reading = spawn_blocking(move || {
        let wanted = rest.min(PIECE);
        let bytes = piece(&mut file, wanted)?;
        Ok(Some((bytes, (file, rest - wanted))))
    });
    reading.await.map_err(std::io::Error::other)?
}

fn piece(file: &mut File, wanted: u64) -> std::io::Result<Bytes> {
    let mut bytes = Vec::with_capacity(usize::try_from(wanted).unwrap_or_default());
    let read = file.take(wanted).read_to_end(&mut bytes)?;
    if read as u64 == wanted {
        return Ok(bytes.into());
    }
    Err(std::io::ErrorKind::UnexpectedEof.into())
}
