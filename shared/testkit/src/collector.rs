//! A collector of traces on loopback: it takes whatever is sent to it and keeps it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use serde_json::Value;

/// How long a test waits for a batch that does not come.
const PATIENCE: Duration = Duration::from_mins(2);

/// The collector; its threads end with the process of the test.
pub struct Collector {
    url: String,
    sent: Receiver<Batch>,
}

/// A request: its head, and its body as JSON.
type Batch = (String, Value);

#[expect(clippy::expect_used, reason = "a test without its collector must fail")]
impl Collector {
    /// A collector on a free port.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (tell, sent) = channel();
        std::thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                let tell = tell.clone();
                std::thread::spawn(move || take(connection, &tell));
            }
        });
        Self { url, sent }
    }

    /// Its address, for `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The heads and spans of all batches that have come so far, and of those that still come until
    /// `enough` says so of the spans.
    ///
    /// # Panics
    ///
    /// When another batch is waited for in vain.
    pub fn spans(&self, enough: impl Fn(&[Value]) -> bool) -> (Vec<String>, Vec<Value>) {
        let (mut heads, mut spans) = (Vec::new(), Vec::new());
        loop {
            let (head, body) = match self.sent.try_recv() {
                Ok(batch) => batch,
                Err(_) if enough(&spans) => return (heads, spans),
                Err(_) => self.sent.recv_timeout(PATIENCE).expect("another batch"),
            };
            heads.push(head);
            let batch = &body["resourceSpans"][0]["scopeSpans"][0]["spans"];
            spans.extend(batch.as_array().into_iter().flatten().cloned());
        }
    }
}

/// Answers each request of a connection with 200, and tells what it was.
fn take(connection: TcpStream, tell: &Sender<Batch>) {
    let mut reader = BufReader::new(connection);
    while let Some(batch) = read(&mut reader) {
        let _test_is_over = tell.send(batch);
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        if reader.get_mut().write_all(answer).is_err() {
            return;
        }
    }
}

fn read(from: &mut BufReader<TcpStream>) -> Option<Batch> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let start = head.len();
        if from.read_line(&mut head).ok()? == 0 {
            return None;
        }
        let line = head[start..].trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    Some((head, serde_json::from_slice(&body).ok()?))
}
