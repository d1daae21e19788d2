//! A bad network for tests: stands before a server, counts HTTP requests, and loses those that
//! it is told to lose.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Barrier, Mutex as Turn, watch};
use tokio::task::AbortHandle;

use crate::http_message::message;

/// What becomes of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives and is answered.
    Pass,
    /// The connection ends before the server sees it.
    LoseRequest,
    /// The server does what was asked, and the connection ends before the answer.
    LoseAnswer,
    /// The server does not see it; a proxy on the way answers with this status.
    Status(u16),
    /// The same with 503 and a `Retry-After` of so many seconds.
    Later(u64),
    /// Nobody sees it and nobody answers; the connection lasts as long as the client wants.
    Stall,
    /// It is answered, and the connection ends after that without saying so.
    PassAndHangUp,
    /// It arrives once another one that is to meet has come too: two requests that wait for each
    /// other never get anywhere this way.
    Meet,
}

/// A relay on a free loopback port; dropping it ends it.
pub struct Relay {
    address: SocketAddr,
    script: Arc<Script>,
    task: AbortHandle,
}

struct Script {
    upstream: String,
    accepted: AtomicUsize,
    seen: AtomicUsize,
    fates: Mutex<VecDeque<Fate>>,
    pair: Barrier,
    hang_ups: watch::Sender<()>,
    /// Held by the request that is let through, where they take turns.
    turn: Option<Turn<()>>,
}

impl Relay {
    /// Stands before the server at `url` (`http://address:port`).
    ///
    /// # Panics
    ///
    /// When no port is free.
    pub async fn before(url: &str) -> Self {
        Self::with(url, None).await
    }

    /// The same for a server that must not see two requests at once.
    ///
    /// # Panics
    ///
    /// When no port is free.
    pub async fn one_at_a_time(url: &str) -> Self {
        Self::with(url, Some(Turn::new(()))).await
    }

    #[expect(clippy::expect_used, reason = "a test without its relay must fail")]
    async fn with(url: &str, turn: Option<Turn<()>>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let script = Arc::new(Script {
            upstream: url.trim_start_matches("http://").to_owned(),
            accepted: AtomicUsize::new(0),
            seen: AtomicUsize::new(0),
            fates: Mutex::default(),
            pair: Barrier::new(2),
            hang_ups: watch::Sender::new(()),
            turn,
        });
        let accept = accept(listener, Arc::clone(&script));
        let task = tokio::spawn(accept).abort_handle();
        Self {
            address,
            script,
            task,
        }
    }

    /// The relay's own address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Says what becomes of the next requests, one by one; further ones pass.
    pub fn next(&self, fates: impl IntoIterator<Item = Fate>) {
        self.script.lock().extend(fates);
    }

    /// How many connections have come.
    pub fn connections(&self) -> usize {
        self.script.accepted.load(Ordering::SeqCst)
    }

    /// Ends every connection that there is, as a server does that dies; returns when none is left.
    pub async fn hang_up(&self) {
        self.script.hang_ups.send_modify(|()| {});
        self.script.hang_ups.closed().await;
    }

    /// How many requests have come.
    pub fn requests(&self) -> usize {
        self.script.seen.load(Ordering::SeqCst)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Script {
    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Fate>> {
        self.fates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Fate {
        self.seen.fetch_add(1, Ordering::SeqCst);
        self.lock().pop_front().unwrap_or(Fate::Pass)
    }
}

async fn accept(listener: TcpListener, script: Arc<Script>) {
    while let Ok((client, _)) = listener.accept().await {
        let script = Arc::clone(&script);
        script.accepted.fetch_add(1, Ordering::SeqCst);
        let mut hung_up = script.hang_ups.subscribe();
        // An error is a connection that ended, which is what this is for.
        tokio::spawn(async move {
            tokio::select! {
                _ = hung_up.changed() => None,
                served = serve(client, &script) => served.ok(),
            }
        });
    }
}

/// Serves one connection until one side or a request's fate ends it.
async fn serve(client: TcpStream, script: &Script) -> io::Result<()> {
    let mut client = BufReader::new(client);
    loop {
        let request = message(&mut client).await?;
        let fate = script.next();
        match fate {
            Fate::LoseRequest => return Ok(()),
            Fate::Stall => return client.read_u8().await.map(drop),
            Fate::Status(status) => {
                refuse(&mut client, status, "").await?;
                continue;
            }
            Fate::Later(seconds) => {
                refuse(&mut client, 503, &format!("retry-after: {seconds}\r\n")).await?;
                continue;
            }
            Fate::Meet => {
                script.pair.wait().await;
            }
            Fate::Pass | Fate::PassAndHangUp | Fate::LoseAnswer => {}
        }
        let turn = match &script.turn {
            Some(turn) => Some(turn.lock().await),
            None => None,
        };
        let mut server = BufReader::new(TcpStream::connect(&script.upstream).await?);
        server.write_all(&request).await?;
        let answer = message(&mut server).await?;
        drop(turn);
        if fate == Fate::LoseAnswer {
            return Ok(());
        }
        client.write_all(&answer).await?;
        if fate == Fate::PassAndHangUp {
            return Ok(());
        }
    }
}

async fn refuse(client: &mut BufReader<TcpStream>, status: u16, headers: &str) -> io::Result<()> {
    let head = format!("HTTP/1.1 {status} Trouble\r\n{headers}content-length: 0\r\n\r\n");
    client.write_all(head.as_bytes()).await
}
