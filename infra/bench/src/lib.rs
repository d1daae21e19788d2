//! Measures or3-edge on this machine.
//!
//! Each command starts its own `or3-local` on a free port with an empty data folder, drives it
//! over loopback, and prints a table with the goal beside the figure, under the circumstances that
//! the figures depend on. Nothing here asserts, and CI does not run it: figures of a shared
//! machine prove nothing.
//!
//! To add a command: a module with a `COMMAND`, and a line in [`COMMANDS`].

pub mod account;
pub mod auth;
pub mod blobs;
pub mod cold_start;
pub mod command;
pub mod figure;
pub mod flood;
pub mod gc;
pub mod health;
pub mod latency;
pub mod load;
pub mod machine;
pub mod overhead;
pub mod process;
pub mod rates;
pub mod sync;
pub mod table;
pub mod usage;
pub mod wire;

use command::{Command, Outcome};

/// Everything that can be measured.
pub const COMMANDS: &[Command] = &[
    auth::COMMAND,
    blobs::COMMAND,
    blobs::FILE_SERVER,
    cold_start::COMMAND,
    flood::COMMAND,
    gc::COMMAND,
    health::COMMAND,
    overhead::COMMAND,
    sync::COMMAND,
];

/// Runs the command that the first argument names, with the rest.
///
/// # Errors
///
/// When there is no such command, or it could not measure.
pub fn run(arguments: &[String]) -> Outcome {
    let name = arguments.first().map_or("", String::as_str);
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(&arguments[1..]),
        None => Err(list().into()),
    }
}

fn list() -> String {
    let lines = COMMANDS
        .iter()
        .map(|command| format!("  {:<12}{}\n", command.name, command.about));
    format!("usage: bench NAME [options]\n{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_gets_the_list() {
        let error = run(&["nothing".to_owned()]).expect_err("no such command");
        assert!(error.to_string().contains("health"));
    }
}
