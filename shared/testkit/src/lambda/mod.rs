//! The Lambda service for one function: the real binary, the runtime API that it asks for work,
//! and the signals that its environment gets.

mod api;
mod event;
mod gateway;

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use bytes::Bytes;
use or3_domain::clock::{Clock, SystemClock};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::NamedTempFile;

use crate::Answer;
use api::Api;
pub use event::GatewayRequest;
pub use gateway::Gateway;

/// How long a test waits for an answer that does not come.
const PATIENCE: Duration = Duration::from_mins(1);

/// An execution environment of a function; dropping it ends the process.
pub struct Lambda {
    api: Api,
    process: Child,
    log: NamedTempFile,
    output: NamedTempFile,
}

#[expect(clippy::expect_used, reason = "a test without its function must fail")]
impl Lambda {
    /// What a function needs to start: the secrets of nobody, and cheap passwords.
    pub const SETTINGS: [(&str, &str); 6] = [
        (
            "OR3_BASIC_AUTH_JWT_SECRET",
            "a secret that only tests know: one",
        ),
        (
            "OR3_BASIC_AUTH_REFRESH_SECRET",
            "a secret that only tests know: two",
        ),
        (
            "OR3_STORAGE_FS_TOKEN_SECRET",
            "a secret that only tests know: three",
        ),
        (
            "OR3_AUTH_INVITE_TOKEN_SECRET",
            "a secret that only tests know: four",
        ),
        ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
        ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    ];

    /// Starts `binary` (`env!("CARGO_BIN_EXE_…")`) with nothing in its environment but what Lambda
    /// puts there, and `settings`.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub async fn start(binary: impl AsRef<Path>, settings: &[(&str, &str)]) -> Self {
        let api = Api::listen().await;
        let file = || NamedTempFile::new().expect("a file for what it says");
        let (log, output) = (file(), file());
        let process = Command::new(binary.as_ref())
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", api.address())
            .env("AWS_LAMBDA_FUNCTION_NAME", "test")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("OR3_LOG_FORMAT", "json")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(output.reopen().expect("the same file"))
            .stderr(log.reopen().expect("the same file"))
            .spawn()
            .expect("the function runs");
        Self {
            api,
            process,
            log,
            output,
        }
    }

    /// Invokes the function with `event`, which may take `time`: what it returned, or the error
    /// that it reported.
    ///
    /// # Panics
    ///
    /// When neither comes.
    pub async fn invoke(&self, event: &Value, time: Duration) -> Result<Value, Value> {
        let outcome = self.invoke_with(event.to_string(), time).await;
        let parsed = |text: String| serde_json::from_str(&text).unwrap_or_default();
        outcome
            .map(|text| streamed(&text).unwrap_or_else(|| parsed(text)))
            .map_err(parsed)
    }

    /// The same with any bytes, and what comes back as text: an answer that streams is no JSON.
    ///
    /// # Panics
    ///
    /// When nothing comes back.
    pub async fn invoke_with(
        &self,
        event: impl Into<Bytes>,
        time: Duration,
    ) -> Result<String, String> {
        let deadline = SystemClock.now().plus(time);
        let outcome = self.api.invoke(event.into(), deadline);
        let outcome = tokio::time::timeout(PATIENCE, outcome).await;
        outcome.expect("an outcome")
    }

    /// Sends a request through the gateway of `template.yaml`.
    ///
    /// # Panics
    ///
    /// When the function fails instead of answering.
    pub async fn ask(&self, request: &GatewayRequest, time: Duration) -> Answer {
        self.ask_through(Gateway::HttpApi, request, time).await
    }

    /// Sends a request through `gateway`.
    ///
    /// # Panics
    ///
    /// When the function fails instead of answering.
    pub async fn ask_through(
        &self,
        gateway: Gateway,
        request: &GatewayRequest,
        time: Duration,
    ) -> Answer {
        let answer = self.invoke(&gateway.event(request), time).await;
        gateway.answer(&answer.expect("an answer in the gateway's form"))
    }

    /// The id of the process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Whether the process still runs.
    ///
    /// # Panics
    ///
    /// When that cannot be told.
    pub fn is_running(&mut self) -> bool {
        self.process.try_wait().expect("a process").is_none()
    }

    /// Stops the process in whatever it is doing, as Lambda does between invocations; returns
    /// when it stands still.
    ///
    /// # Panics
    ///
    /// When there is no process any more.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
        let status = format!("/proc/{}/stat", self.process.id());
        let is_stopped = || {
            let status = std::fs::read_to_string(&status).expect("a process");
            let state = status.rsplit_once(") ").expect("a state").1;
            state.starts_with('T')
        };
        while !is_stopped() {
            std::thread::yield_now();
        }
    }

    /// Lets the process go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Asks the process to end, as Lambda does where an extension is registered.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Waits for the end of the process, while the runtime API still answers it.
    ///
    /// # Panics
    ///
    /// When it does not end.
    pub async fn ended(&mut self) -> ExitStatus {
        let end = async {
            loop {
                if let Some(status) = self.process.try_wait().expect("a process") {
                    return status;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, end).await.expect("an end")
    }

    /// All that the function has logged.
    ///
    /// # Panics
    ///
    /// When it cannot be read.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).expect("the log")
    }

    /// The lines that the function has logged with this message.
    ///
    /// # Panics
    ///
    /// When a line is no JSON.
    pub fn logged(&self, message: &str) -> Vec<Value> {
        let text = self.log();
        let lines = text.lines().map(|line| {
            let line: Value = serde_json::from_str(line).expect(line);
            line
        });
        lines.filter(|line| line["message"] == message).collect()
    }

    /// The lines for CloudWatch's metrics that the function has written so far. What it writes of an
    /// invocation comes after the answer to it, and before it takes the next one.
    ///
    /// # Panics
    ///
    /// When a line is no JSON.
    pub fn metrics(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.output.path()).expect("the output");
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).expect(line))
            .collect()
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).expect("a process that runs");
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        // Both fail only for a process that has ended already.
        let _ended = self.process.kill();
        let _collected = self.process.wait();
    }
}

/// A streamed answer in the form of one that came whole: the head in JSON, eight zeros, the body.
fn streamed(text: &str) -> Option<Value> {
    let (head, body) = text.split_once("\0\0\0\0\0\0\0\0")?;
    let mut answer: Value = serde_json::from_str(head).ok()?;
    answer["body"] = body.into();
    Some(answer)
}
