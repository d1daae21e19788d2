//! A process that is killed in the middle of uploads leaves whole blobs or nothing under their
//! names, and keeps every blob that it has acknowledged.

use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use or3_domain::ids::{Ids, SystemIds};
use or3_settings::Environment;
use or3_testkit::names_in;
use rustix::process::Signal;
use tempfile::tempdir;
use tokio::net::TcpSocket;
use tokio::runtime::Builder;

use crate::owner::{File, Owner, hash_of};
use crate::running::{Running, answer};

const SETTINGS: [(&str, &str); 3] = [
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    ("DISABLE_RATE_LIMIT", "1"),
];

/// How many uploads run when the process is killed.
const AT_ONCE: usize = 4;
const SIZE: usize = 600_000;
const PIECE: usize = 20_000;
/// How much a sender's system takes before the process has seen it, in bytes.
const BUFFER: u32 = 20_000;

/// How many uploads there are in all; by hand: `OR3_CRASH_UPLOADS=200`.
fn uploads() -> usize {
    let environment = Environment::of_process();
    let wanted = environment.get("OR3_CRASH_UPLOADS");
    wanted.and_then(|number| number.parse().ok()).unwrap_or(20)
}

#[test]
fn kill_9_at_any_moment_leaves_only_whole_blobs() {
    let data = tempdir().expect("a folder");
    let owner = Owner::register(&Running::start(data.path(), &SETTINGS));
    let folder = data.path().join("blobs/workspaces").join(&owner.workspace);
    let mut kept = Vec::new();
    let runs = uploads().div_ceil(AT_ONCE);
    for run in 0..runs {
        let running = Running::start(data.path(), &SETTINGS);
        let files = [(); AT_ONCE].map(|()| File::random(SIZE));
        let urls = files.each_ref().map(|file| owner.presign(&running, file));
        let acknowledged = Mutex::new(Vec::new());
        // Half of them in the middle of the bytes, half when some are through and others are not.
        let moment = Moment::random(if run % 2 == 0 {
            Step::Sent
        } else {
            Step::Acknowledged
        });
        std::thread::scope(|scope| {
            for (file, url) in files.iter().zip(&urls) {
                let (owner, running, moment) = (&owner, &running, &moment);
                let acknowledged = &acknowledged;
                scope.spawn(move || {
                    if owner.upload(running, file, url, moment) {
                        acknowledged
                            .lock()
                            .expect("no upload panicked")
                            .push(file.hash);
                    }
                });
            }
        });
        drop(running);
        kept.extend(acknowledged.into_inner().expect("no upload panicked"));
        assert_only_whole_blobs(&folder);
        for hash in &kept {
            assert!(folder.join(hash.file_name()).exists(), "{hash} is lost");
        }
    }
    assert!(kept.len() >= runs / 2, "uploads succeed as well");
    let names = names_in(&folder);
    let (rest, blobs): (Vec<_>, Vec<_>) = names.iter().partition(|name| is_rest(name));
    println!(
        "{runs} processes killed: {} uploads acknowledged, {} whole blobs, {} temporary files",
        kept.len(),
        blobs.len(),
        rest.len()
    );
}

/// Whether `name` is that of a file being written.
fn is_rest(name: &str) -> bool {
    name.contains(".tmp-")
}

/// What the moment of the kill is counted in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Pieces that have left.
    Sent,
    /// Uploads that are through.
    Acknowledged,
}

/// After how many steps, of all uploads together, the process is killed.
struct Moment {
    step: Step,
    passed: AtomicU64,
    fatal: u64,
}

impl Moment {
    fn random(step: Step) -> Self {
        let mut bytes = [0; 8];
        SystemIds.fill(&mut bytes);
        let steps = match step {
            Step::Sent => AT_ONCE * SIZE / PIECE,
            Step::Acknowledged => AT_ONCE,
        };
        Self {
            step,
            passed: AtomicU64::new(0),
            fatal: u64::from_le_bytes(bytes) % steps as u64,
        }
    }

    /// One step more is done.
    fn pass(&self, step: Step, running: &Running) {
        if step == self.step && self.passed.fetch_add(1, Ordering::SeqCst) == self.fatal {
            running.signal(Signal::KILL);
        }
    }
}

impl Owner {
    /// Whether the upload was acknowledged.
    fn upload(&self, running: &Running, file: &File, url: &str, moment: &Moment) -> bool {
        let head = format!(
            "PUT {url} HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\ncontent-type: image/png\r\n\
             content-length: {SIZE}\r\n{}\r\n",
            self.cookie
        );
        let Ok(mut connection) = connect(&running.address) else {
            return false;
        };
        let pieces = std::iter::once(head.as_bytes()).chain(file.content.chunks(PIECE));
        for piece in pieces {
            if connection.write_all(piece).is_err() {
                return false;
            }
            moment.pass(Step::Sent, running);
        }
        let acknowledged = answer(&mut connection).0 == 200;
        if acknowledged {
            moment.pass(Step::Acknowledged, running);
        }
        acknowledged
    }
}

/// A connection that takes little more than the process has seen: otherwise all bytes have left
/// before it has seen the first.
fn connect(address: &str) -> std::io::Result<TcpStream> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let address = address.parse().map_err(std::io::Error::other)?;
    let connection = runtime.block_on(async {
        let socket = TcpSocket::new_v4()?;
        socket.set_send_buffer_size(BUFFER)?;
        socket.connect(address).await?.into_std()
    })?;
    connection.set_nonblocking(false)?;
    Ok(connection)
}

/// Temporary files may stay; a file with a blob's name is that blob.
fn assert_only_whole_blobs(folder: &Path) {
    for name in names_in(folder).iter().filter(|name| !is_rest(name)) {
        let content = std::fs::read(folder.join(name)).expect("a file");
        assert_eq!(hash_of(&content).file_name(), *name);
    }
}
