//! The local stack's own settings (design, section 6).

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::environment::Section;
use crate::reader::Reader;
use crate::variable::Variable;

/// The secrets that the local stack makes for itself in development.
pub const SECRETS: [&str; 5] = [
    "OR3_BASIC_AUTH_JWT_SECRET",
    "OR3_BASIC_AUTH_REFRESH_SECRET",
    "OR3_STORAGE_FS_TOKEN_SECRET",
    "OR3_AUTH_INVITE_TOKEN_SECRET",
    "OR3_ADMIN_JWT_SECRET",
];

/// Where `or3-local` listens and how it stops.
#[derive(Clone, Debug)]
pub struct Local {
    /// The address; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Holds database, blobs and, in development, the secrets file.
    pub data_dir: PathBuf,
    /// How many connections there may be at once.
    pub max_connections: u32,
    /// How long a connection may be open without the whole head of a request.
    pub header_timeout: Duration,
    /// How long requests in flight may go on after SIGTERM or SIGINT.
    pub shutdown_timeout: Duration,
}

/// Where data lives unless said otherwise.
pub(crate) fn data_dir(reader: &Reader<'_>) -> PathBuf {
    reader.text("OR3_DATA_DIR").unwrap_or("./.data").into()
}

fn max_connections(reader: &mut Reader<'_>) -> u32 {
    let number = reader.whole("OR3_MAX_CONNECTIONS", 8..=65_536, 1024);
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Section for Local {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "OR3_LISTEN",
            "127.0.0.1:8787",
            "address of the local stack; port 0 picks a free one, and the start line names it",
        ),
        Variable::new(
            "OR3_DATA_DIR",
            "./.data",
            "folder of the database, the blobs and, in development, `secrets.json`",
        ),
        Variable::new(
            "OR3_MAX_CONNECTIONS",
            "1024",
            "how many connections there may be at once, 8 to 65536: when there are more, the one that has waited longest for a request is closed",
        ),
        Variable::new(
            "OR3_HEADER_TIMEOUT_MS",
            "30000",
            "how long a connection may be open without the whole head of a request, in milliseconds, 100 to 600000",
        ),
        Variable::new(
            "OR3_SHUTDOWN_TIMEOUT_MS",
            "15000",
            "how long requests in flight may go on after SIGTERM or SIGINT, in milliseconds",
        ),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let text = reader.text("OR3_LISTEN").unwrap_or("127.0.0.1:8787");
        let listen = text.parse().unwrap_or_else(|_| {
            let cure = "it must be an address and a port, for instance 127.0.0.1:8787";
            reader.problem("OR3_LISTEN", format!("is `{text}`: {cure}"));
            SocketAddr::from(([127, 0, 0, 1], 8787))
        });
        Self {
            listen,
            data_dir: data_dir(reader),
            max_connections: max_connections(reader),
            header_timeout: reader.millis("OR3_HEADER_TIMEOUT_MS", 100..=600_000, 30_000),
            shutdown_timeout: reader.millis("OR3_SHUTDOWN_TIMEOUT_MS", 0..=3_600_000, 15_000),
        }
    }
}
