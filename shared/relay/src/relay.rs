//! The relay itself, and what may become of a request.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Barrier, Mutex as Turn, watch};
use tokio::task::AbortHandle;

use crate::message::message;

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
    weather: Weather,
}

/// What becomes of a request that nothing else was said of, and how much later it arrives.
pub type Weather = Box<dyn Fn() -> (Duration, Fate) + Send + Sync>;

impl Relay {
    /// Stands before the server at `url` (`http://address:port`) in good weather.
    ///
    /// # Panics
    ///
    /// When no port is free.
    #[expect(clippy::expect_used, reason = "a test without its relay must fail")]
    pub async fn before(url: &str) -> Self {
        let relay = Self::with(url, None, Box::new(good)).await;
        relay.expect("a free port")
    }

    /// The same for a server that must not see two requests at once.
    ///
    /// # Panics
    ///
    /// When no port is free.
    #[expect(clippy::expect_used, reason = "a test without its relay must fail")]
    pub async fn one_at_a_time(url: &str) -> Self {
        let relay = Self::with(url, Some(Turn::new(())), Box::new(good)).await;
        relay.expect("a free port")
    }

    /// Stands before the server at `url` (`http://address:port`) in `weather`.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub async fn in_weather(url: &str, weather: Weather) -> io::Result<Self> {
        Self::with(url, None, weather).await
    }

    async fn with(url: &str, turn: Option<Turn<()>>, weather: Weather) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let upstream = url.trim_start_matches("http://");
        let script = Arc::new(Script {
            upstream: upstream.split('/').next().unwrap_or(upstream).to_owned(),
            accepted: AtomicUsize::new(0),
            seen: AtomicUsize::new(0),
            fates: Mutex::default(),
            pair: Barrier::new(2),
            hang_ups: watch::Sender::new(()),
            turn,
            weather,
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&script))).abort_handle();
        Ok(Self {
            address,
            script,
            task,
        })
    }

    /// The relay's own address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Says what becomes of the next requests, one by one; the weather says it of further ones.
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

/// Weather in which everything passes.
fn good() -> (Duration, Fate) {
    (Duration::ZERO, Fate::Pass)
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

    fn next(&self) -> (Duration, Fate) {
        self.seen.fetch_add(1, Ordering::SeqCst);
        let said = self.lock().pop_front();
        said.map_or_else(&self.weather, |fate| (Duration::ZERO, fate))
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
        let (delay, fate) = script.next();
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
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
