//! As little HTTP/1.1 as measuring takes: ready-made request bytes go out on a kept connection,
//! the answer is parsed as far as its end must be known.

use std::net::SocketAddr;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::command::Outcome;

/// A request in the bytes that travel: what is its own first, what it shares with others behind,
/// and again some bytes of its own.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Head, and all of a small body.
    pub head: Bytes,
    /// Most of a large body.
    pub shared: Bytes,
    /// The end of a large body.
    pub end: Bytes,
}

/// A whole answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The head as it came.
    pub head: Vec<u8>,
    /// The body, or as much of its start as the connection keeps.
    pub body: Vec<u8>,
    /// How long the body is.
    pub length: u64,
}

/// How much is read at once.
const CHUNK: usize = 256 << 10;

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    kept: usize,
}

impl Request {
    /// A request with a small body, or none.
    pub fn new(line: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let mut head = head(line, headers, body.len() as u64);
        head.push_str(body);
        Self {
            head: head.into(),
            ..Self::default()
        }
    }

    /// A request whose body is `shared` and then `end`.
    pub fn large(line: &str, headers: &[(&str, &str)], shared: Bytes, end: Bytes) -> Self {
        let length = shared.len() + end.len();
        Self {
            head: head(line, headers, length as u64).into(),
            shared,
            end,
        }
    }

    /// How many bytes travel.
    pub fn length(&self) -> u64 {
        (self.head.len() + self.shared.len() + self.end.len()) as u64
    }
}

fn head(line: &str, headers: &[(&str, &str)], length: u64) -> String {
    let mut head = format!("{line} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {length}\r\n");
    for (name, value) in headers {
        head.push_str(name);
        head.push_str(": ");
        head.push_str(value);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    head
}

impl Answer {
    /// The values of a header, in order.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let head = String::from_utf8_lossy(&self.head);
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        lines
            .filter(|(present, _)| present.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    }

    /// The body as JSON.
    pub fn json(&self) -> Outcome<serde_json::Value> {
        Ok(serde_json::from_slice(&self.body)?)
    }

    /// An error that quotes the answer, unless its status is `wanted`.
    pub fn expect(&self, wanted: u16) -> Outcome {
        if self.status == wanted {
            return Ok(());
        }
        let body = String::from_utf8_lossy(&self.body[..self.body.len().min(500)]);
        Err(format!("expected {wanted}, got {}: {body}", self.status).into())
    }
}

/// Where a body ends.
#[derive(Clone, Copy, Debug)]
enum Framing {
    Length(u64),
    Chunked,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(CHUNK),
            kept: usize::MAX,
        })
    }

    /// Keeps only the first `bytes` of each body; the rest is read and dropped.
    pub fn keep(&mut self, bytes: usize) {
        self.kept = bytes;
    }

    /// Sends a request and waits for the whole answer.
    pub async fn send(&mut self, request: &Request) -> Outcome<Answer> {
        for part in [&request.head, &request.shared, &request.end] {
            if !part.is_empty() {
                self.write(part).await?;
            }
        }
        self.receive().await
    }

    /// Sends bytes, which may be several requests.
    pub async fn write(&mut self, bytes: &[u8]) -> Outcome {
        Ok(self.stream.write_all(bytes).await?)
    }

    /// Waits for the next whole answer.
    pub async fn receive(&mut self) -> Outcome<Answer> {
        let (mut answer, framing) = self.read_head().await?;
        match framing {
            Framing::Length(length) => self.read_length(&mut answer, length).await?,
            Framing::Chunked => self.read_chunks(&mut answer).await?,
        }
        Ok(answer)
    }

    async fn fill(&mut self) -> Outcome {
        self.buffer.reserve(CHUNK);
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
        Ok(())
    }

    async fn read_head(&mut self) -> Outcome<(Answer, Framing)> {
        loop {
            if let Some((answer, framing)) = parse_head(&self.buffer)? {
                self.buffer.drain(..answer.head.len());
                return Ok((answer, framing));
            }
            self.fill().await?;
        }
    }

    async fn read_length(&mut self, answer: &mut Answer, length: u64) -> Outcome {
        let mut missing = usize::try_from(length)?;
        loop {
            let taken = missing.min(self.buffer.len());
            keep(answer, &self.buffer[..taken], self.kept);
            self.buffer.drain(..taken);
            missing -= taken;
            if missing == 0 {
                return Ok(());
            }
            self.fill().await?;
        }
    }

    async fn read_chunks(&mut self, answer: &mut Answer) -> Outcome {
        loop {
            let parsed = httparse::parse_chunk_size(&self.buffer)
                .map_err(|_| "the server sent a chunk size that is none")?;
            let httparse::Status::Complete((start, size)) = parsed else {
                self.fill().await?;
                continue;
            };
            self.buffer.drain(..start);
            self.read_length(answer, size).await?;
            while self.buffer.len() < 2 {
                self.fill().await?;
            }
            self.buffer.drain(..2);
            if size == 0 {
                return Ok(());
            }
        }
    }
}

fn keep(answer: &mut Answer, bytes: &[u8], kept: usize) {
    let room = kept.saturating_sub(answer.body.len());
    answer
        .body
        .extend_from_slice(&bytes[..bytes.len().min(room)]);
    answer.length += bytes.len() as u64;
}

/// The head of an answer, once it is complete.
fn parse_head(buffer: &[u8]) -> Outcome<Option<(Answer, Framing)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(end) = response.parse(buffer)? else {
        return Ok(None);
    };
    let field = |name: &str| {
        let found = response.headers.iter();
        let mut found = found.filter(|header| header.name.eq_ignore_ascii_case(name));
        found
            .next()
            .and_then(|header| std::str::from_utf8(header.value).ok())
    };
    let framing = match (field("transfer-encoding"), field("content-length")) {
        (Some(_), _) => Framing::Chunked,
        (None, Some(length)) => Framing::Length(length.parse()?),
        (None, None) => Framing::Length(0),
    };
    let answer = Answer {
        status: response.code.unwrap_or_default(),
        head: buffer[..end].to_vec(),
        ..Answer::default()
    };
    Ok(Some((answer, framing)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_parsed_once_it_is_complete() {
        let head =
            b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\ncontent-length: 2\r\n\r\n";
        assert!(parse_head(&head[..40]).expect("half a head").is_none());
        let (answer, framing) = parse_head(head).expect("a head").expect("whole");
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers("set-cookie"), ["a=1", "b=2"]);
        assert!(matches!(framing, Framing::Length(2)));
    }
}
