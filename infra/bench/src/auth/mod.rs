//! `bench auth`: sessions, refreshes and sign-ins a second.

mod hashes;
mod refresh;
mod session;
mod sign_in;
mod unknown_user;

use crate::account::ACCOUNT;
use crate::command::{Command, Outcome, value};
use crate::load::Client;
use crate::machine;
use crate::process::Server;

/// `bench auth`.
pub const COMMAND: Command = Command {
    name: "auth",
    about: "sessions, refreshes and sign-ins a second; [--log FILTER]",
    run,
};

/// How many connections each figure is taken with.
const CONNECTIONS: [usize; 2] = [1, 16];

/// Limits that admit everything and still count like the contract's: the window holds about as
/// many rows as the 60 of the real one, however fast requests come.
const COUNTING: &str = r#"{"auth:session":{"maxRequests":1000000,"windowMs":5}}"#;

fn run(arguments: &[String]) -> Outcome {
    let log = value(arguments, "--log").unwrap_or("info");
    let unlimited = Server::start(&settings(log, ("DISABLE_RATE_LIMIT", "1")))?;
    let counting = Server::start(&settings(log, ("OR3_RATE_LIMIT_OVERRIDES_JSON", COUNTING)))?;
    machine::print(
        unlimited.data(),
        &[
            (
                "durability",
                "refreshes and sign-ins are committed with synchronous=FULL".to_owned(),
            ),
            (
                "limits",
                format!("DISABLE_RATE_LIMIT=1, except where a row says {COUNTING}"),
            ),
            ("log", format!("OR3_LOG={log}, JSON, to a file")),
        ],
    );
    session::measure(&unlimited, &counting)?;
    drop(counting);
    refresh::measure(&unlimited)?;
    sign_in::measure(&unlimited)?;
    unknown_user::measure(&mut Client::of(&unlimited)?)
}

fn settings<'a>(log: &'a str, limits: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    let mut settings = vec![("OR3_LOG", log), ("OR3_LOG_FORMAT", "json"), limits];
    settings.extend(ACCOUNT);
    settings
}
