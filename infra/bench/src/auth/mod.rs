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

/// Budgets that admit everything and still count. A window holds about as many rows as the
/// contract's own can: a few dozen, however fast requests come.
const COUNTING: &str = r#"{
"auth:session":{"maxRequests":1000000,"windowMs":5},
"basic-auth:sign-in":{"maxRequests":1000000,"windowMs":20},
"basic-auth:refresh":{"maxRequests":1000000,"windowMs":20}}"#;

fn run(arguments: &[String]) -> Outcome {
    let log = value(arguments, "--log").unwrap_or("info");
    let unlimited = Server::start(&settings(log, Some(("DISABLE_RATE_LIMIT", "1"))))?;
    let counting = Server::start(&settings(log, None))?;
    machine::print(
        unlimited.data(),
        &[
            (
                "durability",
                "refreshes and sign-ins are committed with synchronous=FULL".to_owned(),
            ),
            ("limits", limits()),
            ("log", format!("OR3_LOG={log}, JSON, to a file")),
        ],
    );
    session::measure(&unlimited, &counting)?;
    drop(unlimited);
    refresh::measure(&counting)?;
    sign_in::measure(&counting)?;
    unknown_user::measure(&mut Client::of(&counting)?)
}

fn limits() -> String {
    let counting = COUNTING.replace('\n', "");
    format!(
        "OR3_RATE_LIMIT_OVERRIDES_JSON={counting}; the session rows also with DISABLE_RATE_LIMIT=1, \
         which password endpoints do not heed"
    )
}

fn settings<'a>(log: &'a str, switch: Option<(&'a str, &'a str)>) -> Vec<(&'a str, &'a str)> {
    let mut settings = vec![
        ("OR3_LOG", log),
        ("OR3_LOG_FORMAT", "json"),
        ("OR3_RATE_LIMIT_OVERRIDES_JSON", COUNTING),
    ];
    settings.extend(switch);
    settings.extend(ACCOUNT);
    settings
}
