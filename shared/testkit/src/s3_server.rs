//! A real S3 API for tests: `moto_server` as a child process with a port of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::time::Duration;

use or3_settings::Environment;

/// Where `scripts/test` puts the server, below the workspace's root.
const INSTALLED: &str = ".tools/bin/moto_server";
/// What the server says before its address when its port is open.
const READY: &str = "Running on http://";
/// How long it may take to say so.
const PATIENCE: Duration = Duration::from_mins(1);
/// What the objects are called that are asked for to know that everything before was said.
const LOOK: &str = "or3-testkit-look-";

/// A running server with the bucket [`BUCKET`](Self::BUCKET); dropping it ends the process, which
/// keeps everything in memory. It takes every signature: what a URL permits must be read off it.
pub struct S3Server {
    address: SocketAddr,
    process: Child,
    requests: Arc<Requests>,
    looks: AtomicU32,
}

/// What the server says that it has answered.
#[derive(Default)]
struct Requests {
    seen: Mutex<Vec<String>>,
    more: Condvar,
}

/// An answer of the server.
#[derive(Debug)]
pub struct S3Answer {
    /// The status.
    pub status: u16,
    /// The lines of the head, as they came.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl S3Answer {
    /// The value of a header, or empty.
    pub fn header(&self, name: &str) -> &str {
        let pairs = self.head.lines().filter_map(|line| line.split_once(':'));
        let mut values = pairs.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        values.next().map_or("", |(_, value)| value.trim())
    }
}

impl S3Server {
    /// The bucket that there is.
    pub const BUCKET: &str = "files";

    /// The header with which somebody who may overwrite objects asks.
    pub const OWNER: (&str, &str) = (
        "authorization",
        "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request",
    );

    /// Starts a server with an empty bucket. Where no server is installed the test has to be
    /// skipped: this says so and returns `None`.
    ///
    /// # Panics
    ///
    /// When the server does not start, and when there is none although `CI` is `true`.
    #[expect(clippy::expect_used, reason = "a test without its server must fail")]
    pub fn start() -> Option<Self> {
        let mut process = Command::new(binary()?)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("moto_server runs");
        let output = process.stderr.take().expect("its output");
        let requests = Arc::<Requests>::default();
        let address = listen(output, &requests);
        let server = Self {
            address: address.recv_timeout(PATIENCE).expect("an address"),
            process,
            requests,
            looks: AtomicU32::new(0),
        };
        let made = server.send(
            "PUT",
            &format!("{}/{}", server.url(), Self::BUCKET),
            &[],
            b"",
        );
        assert_eq!(made.status, 200, "{}", made.head);
        Some(server)
    }

    /// The server's address, as `OR3_STORAGE_S3_ENDPOINT` takes it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The variables that choose this server for the bytes of files.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("OR3_STORAGE_PROVIDER", "s3".to_owned()),
            ("OR3_STORAGE_S3_BUCKET", Self::BUCKET.to_owned()),
            ("OR3_STORAGE_S3_REGION", "us-east-1".to_owned()),
            ("OR3_STORAGE_S3_ENDPOINT", self.url()),
            ("OR3_STORAGE_S3_ALLOW_INSECURE_HTTP", "true".to_owned()),
            ("OR3_STORAGE_S3_ACCESS_KEY_ID", "key".to_owned()),
            ("OR3_STORAGE_S3_SECRET_ACCESS_KEY", "secret".to_owned()),
        ]
    }

    /// Method and path of the requests that the server has answered, in the order in which it says
    /// so, once there are at least `count`.
    ///
    /// # Panics
    ///
    /// When there never are.
    pub fn requests(&self, count: usize) -> Vec<String> {
        let seen = self.requests.seen.lock();
        let seen = seen.unwrap_or_else(PoisonError::into_inner);
        let few = |seen: &mut Vec<String>| seen.len() < count;
        let waited = self.requests.more.wait_timeout_while(seen, PATIENCE, few);
        let (seen, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(!waited.timed_out(), "only {seen:?}");
        seen.clone()
    }

    /// Method and path of all requests that were answered until now, in the order in which the
    /// server says so.
    ///
    /// # Panics
    ///
    /// When the server does not answer any more.
    pub fn answered(&self) -> Vec<String> {
        let number = self.looks.fetch_add(1, Ordering::Relaxed);
        let last = format!("/{}/{LOOK}{number}", Self::BUCKET);
        self.send("HEAD", &format!("{}{last}", self.url()), &[], b"");
        let seen = self.requests.seen.lock();
        let seen = seen.unwrap_or_else(PoisonError::into_inner);
        let last = format!("HEAD {last}");
        let silent = |seen: &mut Vec<String>| !seen.contains(&last);
        let waited = self
            .requests
            .more
            .wait_timeout_while(seen, PATIENCE, silent);
        let (seen, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(!waited.timed_out(), "the server is silent after {seen:?}");
        let before = seen.iter().take_while(|request| **request != last);
        let ours = |request: &&String| !request.contains(LOOK);
        before.filter(ours).cloned().collect()
    }

    /// Sends a request as a client would that was given `url`.
    ///
    /// # Panics
    ///
    /// When `url` is not one of this server, or no whole answer comes back.
    #[expect(clippy::expect_used, reason = "a test without an answer must fail")]
    pub fn send(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> S3Answer {
        let path = url.strip_prefix(&self.url()).expect("a URL of this server");
        let counted = headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let length = body.len().to_string();
        let length = ("content-length", length.as_str());
        let line = |(name, value): &(&str, &str)| format!("{name}: {value}\r\n");
        let named = headers.iter().chain((!counted).then_some(&length));
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{}\r\n",
            self.address,
            named.map(line).collect::<String>()
        );
        let mut connection = TcpStream::connect(self.address).expect("a connection");
        connection.write_all(head.as_bytes()).expect("sent");
        connection.write_all(body).expect("sent");
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).expect("an answer");
        parse(&answer)
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        // Both fail only for a process that has ended already.
        let _ended = self.process.kill();
        let _collected = self.process.wait();
    }
}

/// Reads what the server says, to its end: it would stand still on a full pipe.
fn listen(
    output: impl Read + Send + 'static,
    requests: &Arc<Requests>,
) -> mpsc::Receiver<SocketAddr> {
    let (tell, address) = mpsc::channel();
    let requests = Arc::clone(requests);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some((_, found)) = line.split_once(READY) {
                // Nobody waits any longer than for the first one.
                let _told = found.trim().parse().map(|address| tell.send(address));
            } else if let Some(request) = request(&line) {
                let mut seen = requests.seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.push(request);
                requests.more.notify_all();
            }
        }
    });
    address
}

/// Method and path in a line of the server's log: `… "PUT /files/a?b HTTP/1.1" 200 -`, perhaps in
/// colours.
fn request(line: &str) -> Option<String> {
    let quoted = line.split('"').nth(1)?;
    let words: Vec<_> = quoted.split(' ').collect();
    let [method, target, _version] = words[..] else {
        return None;
    };
    let method: String = method
        .chars()
        .rev()
        .take_while(char::is_ascii_uppercase)
        .collect();
    let method: String = method.chars().rev().collect();
    let path = target.split('?').next().unwrap_or(target);
    Some(format!("{method} {path}"))
}

#[expect(clippy::expect_used, reason = "a test without an answer must fail")]
fn parse(answer: &[u8]) -> S3Answer {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let end = end.expect("the end of a head");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    S3Answer {
        status: status.expect("a status"),
        body: answer[end + 4..].to_vec(),
        head,
    }
}

/// The path in `MOTO_SERVER`, or the place where `scripts/test` installs it.
fn binary() -> Option<PathBuf> {
    let environment = Environment::of_process();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = environment.get("MOTO_SERVER").map(PathBuf::from);
    let path = named.unwrap_or_else(|| root.join(INSTALLED));
    if path.is_file() {
        return Some(path);
    }
    let absent = format!("there is no moto_server at {}", path.display());
    assert!(environment.get("CI") != Some("true"), "{absent}");
    eprintln!("SKIPPED: {absent}; `scripts/test` installs it, or name one in MOTO_SERVER");
    None
}
