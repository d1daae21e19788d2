//! `bench cold-start`: how long it takes from `exec` until the local stack answers, until a
//! function asks the Lambda runtime for its first invocation, and until `sync` has answered its
//! first push and its first pull; what lies on disk and in memory; and what requests take and cost
//! after that.

mod bundle;
mod function;
mod requests;
mod routes;
mod runtime_api;
mod stack;
mod sync;
mod warm;
mod world;

use std::time::Duration;

use crate::command::{Command, Outcome, value};
use crate::machine;

/// `bench cold-start`.
pub const COMMAND: Command = Command {
    name: "cold-start",
    about: "exec to the first answer of or3-local, to the first poll of each function of \
            scripts/bundle, and to the first answer of sync with a file and with a server; sizes, \
            memory, CPU, and what later requests cost; [--only stack|functions|sync|warm] [--delay 10] (ms to the server and back)",
    run,
};

fn run(arguments: &[String]) -> Outcome {
    let delay = value(arguments, "--delay").map_or(Ok(10), str::parse)?;
    let only = value(arguments, "--only");
    let wanted = |part| only.is_none_or(|only| only == part);
    let folder = tempfile::tempdir()?;
    machine::print(
        folder.path(),
        &[(
            "files",
            "in the page cache: an image has been read".to_owned(),
        )],
    );
    if wanted("stack") {
        stack::measure()?;
    }
    if wanted("functions") {
        function::measure()?;
    }
    let delay = Duration::from_millis(delay);
    if wanted("sync") {
        sync::measure(delay)?;
    }
    if wanted("warm") {
        warm::measure(delay)?;
    }
    Ok(())
}
