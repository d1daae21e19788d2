//! `or3-local`: the whole product as one process.

use std::io::Write;
use std::process::ExitCode;

use or3_local::{Running, Stack};
use or3_runtime::{EXIT_SETTINGS, StartError, telemetry};
use or3_settings::{Environment, Log};
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(EXIT_SETTINGS)
        }
    }
}

fn run() -> Result<(), StartError> {
    let environment = Environment::of_process();
    telemetry(&environment.load::<Log>()?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(StartError::surroundings)?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).map_err(StartError::surroundings)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(StartError::surroundings)?;
        let running = Stack::prepare(environment).await?.start()?;
        announce(&running).map_err(StartError::surroundings)?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        running.stop().await;
        Ok(())
    })
}

/// The start line: scripts wait for it and read the address from it.
fn announce(running: &Running) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "or3-local listening on http://{}", running.address())?;
    out.flush()
}
