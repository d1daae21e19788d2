//! The server under measurement: a process of its own, as a deployer runs it.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::command::Outcome;
use crate::usage::Usage;

/// A running server; dropping it stops it and removes its data.
pub struct Server {
    child: Child,
    address: SocketAddr,
    data: TempDir,
}

impl Server {
    /// Starts the `or3-local` beside this binary on a free port, with a data folder of its own,
    /// and returns when it says where it listens. It sees `settings` and nothing else of the
    /// environment; its log goes to a file in the data folder.
    pub fn start(settings: &[(&str, &str)]) -> Outcome<Self> {
        let data = tempfile::Builder::new().prefix("or3-bench-").tempdir()?;
        let mut command = Command::new(binary()?);
        command
            .env_clear()
            .env("OR3_LISTEN", "127.0.0.1:0")
            .env("OR3_DATA_DIR", data.path())
            // Connections that are kept wait while others are measured.
            .env("OR3_HEADER_TIMEOUT_MS", "600000")
            .envs(settings.iter().copied());
        Self::of(command, data)
    }

    /// Starts `command`, which says where it listens as `or3-local` does; its log goes to a file in
    /// `data`.
    pub fn of(mut command: Command, data: TempDir) -> Outcome<Self> {
        let log = File::create(data.path().join("server.log"))?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        match start_line(&mut child) {
            Ok(address) => Ok(Self {
                child,
                address,
                data,
            }),
            Err(error) => {
                child.kill()?;
                child.wait()?;
                let log = std::fs::read_to_string(data.path().join("server.log"))?;
                Err(format!("the server did not start ({error}):\n{log}").into())
            }
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// What it has used so far.
    pub fn usage(&self) -> Outcome<Usage> {
        Usage::of(self.pid())
    }

    /// Asks it to stop, waits until it has, and leaves its data for a look.
    pub fn stop(&mut self) -> Outcome {
        if self.child.try_wait()?.is_none() {
            let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
            kill_process(pid.ok_or("no process id")?, Signal::TERM)?;
            self.child.wait()?;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("the server could not be stopped: {error}");
        }
    }
}

/// `or3-local` lies where this binary lies, built the same way.
pub fn binary() -> Outcome<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("or3-local");
    if path.exists() {
        return Ok(path);
    }
    Err(format!("{} is missing: start with scripts/bench", path.display()).into())
}

/// `or3-local listening on http://127.0.0.1:34567`
fn start_line(child: &mut Child) -> Outcome<SocketAddr> {
    let out = child.stdout.take().ok_or("no standard output")?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    let (_, address) = line
        .trim_end()
        .rsplit_once("http://")
        .ok_or("no start line")?;
    Ok(address.parse()?)
}
