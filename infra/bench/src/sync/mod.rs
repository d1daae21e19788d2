//! `bench sync`: pushes and pulls, beside raw libSQL doing the same writes.

mod changes;
mod disk;
mod growth;
mod pull;
mod push;
mod raw;

use crate::account::{ACCOUNT, Session};
use crate::command::{Command, Outcome, has, value};
use crate::load::Client;
use crate::machine;
use crate::process::Server;

/// `bench sync`.
pub const COMMAND: Command = Command {
    name: "sync",
    about: "pushes and pulls beside raw libSQL, disk, memory; [--long] grows to 1 000 000 changes; \
            [--only push|pull|growth] [--log FILTER]",
    run,
};

/// How many connections each figure is taken with.
const CONNECTIONS: [usize; 2] = [1, 16];

fn run(arguments: &[String]) -> Outcome {
    let log = value(arguments, "--log").unwrap_or("info");
    let only = value(arguments, "--only");
    let wanted = |part| only.is_none_or(|only| only == part);
    let circumstances = [
        (
            "durability",
            "SQLite WAL, synchronous=FULL, both sides".to_owned(),
        ),
        (
            "changes",
            format!(
                "puts of new messages, payload of {} bytes",
                changes::PAYLOAD
            ),
        ),
        ("limits", "DISABLE_RATE_LIMIT=1".to_owned()),
        ("log", format!("OR3_LOG={log}, JSON, to a file")),
    ];
    let folder = tempfile::tempdir()?;
    machine::print(folder.path(), &circumstances);
    if wanted("push") {
        push::measure(log)?;
    }
    if wanted("pull") {
        pull::measure(log)?;
    }
    if wanted("growth") {
        growth::measure(log, has(arguments, "--long"))?;
    }
    Ok(())
}

/// A server for this command, and a session on it.
fn start(filter: &str) -> Outcome<(Server, Session)> {
    let mut settings = vec![
        ("OR3_LOG", filter),
        ("OR3_LOG_FORMAT", "json"),
        ("DISABLE_RATE_LIMIT", "1"),
    ];
    settings.extend(ACCOUNT);
    let server = Server::start(&settings)?;
    let session = Session::start(&mut Client::of(&server)?)?;
    Ok((server, session))
}
