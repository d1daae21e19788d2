//! Running the real binary.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// The binary with nothing in its environment but `settings`, a free port and `data`.
pub(crate) fn command(data: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_or3-local"));
    command
        .env_clear()
        .env("OR3_LISTEN", "127.0.0.1:0")
        .env("OR3_DATA_DIR", data)
        .envs(settings.iter().copied())
        .stdin(Stdio::null());
    command
}

/// A process that serves; dropping it kills it.
pub(crate) struct Running {
    process: Child,
    /// `address:port` as the start line has it.
    pub(crate) address: String,
}

impl Running {
    pub(crate) fn start(data: &Path, settings: &[(&str, &str)]) -> Self {
        Self::of(command(data, settings))
    }

    /// What `command` starts.
    pub(crate) fn of(mut command: Command) -> Self {
        command.stderr(Stdio::null());
        Self::logging(command)
    }

    /// The same with the log where the command has it.
    pub(crate) fn logging(mut command: Command) -> Self {
        let mut process = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("or3-local runs");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("a start line");
        let address = line.trim().strip_prefix("or3-local listening on http://");
        Self {
            address: address.unwrap_or_else(|| panic!("{line:?}")).to_owned(),
            process,
        }
    }

    /// Status and text of the answer to a `GET`.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        get(&self.address, path)
    }

    /// Status and text of the answer to a `POST` of JSON.
    pub(crate) fn post(&self, path: &str, body: &str) -> (u16, String) {
        let mut connection = self.send(&post_of(path, body));
        answer(&mut connection)
    }

    /// A connection on which `text` has been sent.
    pub(crate) fn send(&self, text: &str) -> TcpStream {
        send(&self.address, text)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.id(), signal).expect("a process that runs");
    }

    /// Its id, as long as this value lives.
    pub(crate) fn id(&self) -> Pid {
        Pid::from_child(&self.process)
    }

    /// The most memory that the process has had at once.
    pub(crate) fn peak_memory_kib(&self) -> u64 {
        let status = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(status).expect("a process that runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        number
            .and_then(|number| number.parse().ok())
            .expect("a number")
    }

    /// Waits until the listener is gone.
    pub(crate) fn refuses_connections(&self) {
        while TcpStream::connect(&self.address).is_ok() {
            std::thread::yield_now();
        }
    }

    pub(crate) fn wait(mut self) -> ExitStatus {
        self.process.wait().expect("an end")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only for a process that has ended already.
        let _ended = self.process.kill();
        let _collected = self.process.wait();
    }
}

/// Status and text of the answer to a `GET` of whoever listens at `address`.
pub(crate) fn get(address: &str, path: &str) -> (u16, String) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\n\r\n");
    answer(&mut send(address, &request))
}

fn send(address: &str, text: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).expect("a connection");
    connection.write_all(text.as_bytes()).expect("sent");
    connection
}

/// A `POST` of JSON, after which the connection ends.
pub(crate) fn post_of(path: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// Status and text of an answer on a connection that ends after it; 0 if none came.
pub(crate) fn answer(connection: &mut TcpStream) -> (u16, String) {
    let mut text = String::new();
    if connection.read_to_string(&mut text).is_err() {
        return (0, text);
    }
    let status = text.split(' ').nth(1).unwrap_or_default();
    (status.parse().unwrap_or(0), text)
}
