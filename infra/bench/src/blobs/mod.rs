//! `bench blobs`: files up and down beside what this machine and a plain file server do, and
//! presigning.

mod files;
mod limit;
mod plain;
mod presign;
mod transfer;

use crate::account::{ACCOUNT, Session};
use crate::command::{Command, Outcome, has, value};
use crate::load::Client;
use crate::machine;
use crate::process::Server;

/// `bench blobs`.
pub const COMMAND: Command = Command {
    name: "blobs",
    about: "files up and down beside the disk's own rate, presigning; [--large] adds 512 MB; \
            [--size KIB] only files of that size; [--only transfer|presign] [--log FILTER]",
    run,
};

pub use plain::COMMAND as FILE_SERVER;

fn run(arguments: &[String]) -> Outcome {
    let filter = value(arguments, "--log").unwrap_or("info");
    let only = value(arguments, "--only");
    let wanted = |part| only.is_none_or(|only| only == part);
    let folder = tempfile::tempdir()?;
    machine::print(
        folder.path(),
        &[
            (
                "durability",
                "file and folder flushed before an upload is answered".to_owned(),
            ),
            (
                "megabytes",
                "of 1 000 000 bytes; sizes of files are powers of two".to_owned(),
            ),
            ("limits", "DISABLE_RATE_LIMIT=1".to_owned()),
            ("log", format!("OR3_LOG={filter}, JSON, to a file")),
        ],
    );
    if wanted("transfer") {
        let size = value(arguments, "--size").map(str::parse).transpose()?;
        transfer::measure(filter, &sizes(size, has(arguments, "--large")))?;
    }
    if wanted("presign") {
        presign::measure(filter)?;
    }
    Ok(())
}

/// Sizes in bytes, and how many files of each are sent in one measurement.
const SIZES: [(usize, usize); 4] = [
    (64 << 10, 400),
    (1 << 20, 96),
    (32 << 20, 16),
    (512 << 20, 8),
];

/// The one of `kibibytes`, or all, the largest if `large`.
fn sizes(kibibytes: Option<usize>, large: bool) -> Vec<(usize, usize)> {
    let wanted = |(size, _): &(usize, usize)| match kibibytes {
        Some(kibibytes) => *size == kibibytes << 10,
        None => large || *size < 512 << 20,
    };
    SIZES.into_iter().filter(wanted).collect()
}

/// A server that takes large files and counts a quota, and a session on it.
fn start(filter: &str) -> Outcome<(Server, Session)> {
    let mut settings = vec![
        ("OR3_LOG", filter),
        ("OR3_LOG_FORMAT", "json"),
        ("DISABLE_RATE_LIMIT", "1"),
        ("OR3_MAX_CLOUD_FILE_SIZE_BYTES", "1073741824"),
        ("OR3_STORAGE_WORKSPACE_QUOTA_BYTES", "1099511627776"),
    ];
    settings.extend(ACCOUNT);
    let server = Server::start(&settings)?;
    let session = Session::start(&mut Client::of(&server)?)?;
    Ok((server, session))
}
