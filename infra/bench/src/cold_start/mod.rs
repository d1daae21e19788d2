//! `bench cold-start`: how long it takes from `exec` until the local stack answers, and until a
//! function asks the Lambda runtime for its first invocation; what lies on disk and in memory.

mod function;
mod runtime_api;
mod stack;

use crate::command::{Command, Outcome};
use crate::machine;

/// `bench cold-start`.
pub const COMMAND: Command = Command {
    name: "cold-start",
    about: "exec to the first answer of or3-local and to the first poll of each function that is \
            built; sizes and memory",
    run,
};

fn run(_arguments: &[String]) -> Outcome {
    let folder = tempfile::tempdir()?;
    machine::print(
        folder.path(),
        &[(
            "files",
            "in the page cache: an image has been read".to_owned(),
        )],
    );
    stack::measure()?;
    function::measure()
}
