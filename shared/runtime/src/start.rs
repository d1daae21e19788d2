//! The frame around every function's `main`.

use std::future::Future;
use std::process::ExitCode;

use or3_settings::{Environment, Log, Problems};

use crate::telemetry::telemetry;

/// The exit code of a start that settings or surroundings made impossible.
pub const EXIT_SETTINGS: u8 = 2;

/// Why a process could not start; its text is one sentence a problem, with the cure.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Variables are missing or wrong.
    #[error(transparent)]
    Settings(#[from] Problems),
    /// Something around the process is not as it must be.
    #[error("{0}")]
    Surroundings(String),
    /// The runtime ended with an error.
    #[error("{0}")]
    Runtime(String),
}

impl StartError {
    /// Wraps an error that names what is wrong and what to do.
    pub fn surroundings(error: impl std::fmt::Display) -> Self {
        Self::Surroundings(error.to_string())
    }
}

/// Runs a function: reads the environment, starts logging, runs `work` on a single thread.
///
/// A start that fails prints its sentence to standard error and exits with 2.
pub fn start<F, Fut>(work: F) -> ExitCode
where
    F: FnOnce(Environment) -> Fut,
    Fut: Future<Output = Result<(), StartError>>,
{
    let environment = Environment::of_process();
    match run(environment, work) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(EXIT_SETTINGS)
        }
    }
}

fn run<F, Fut>(environment: Environment, work: F) -> Result<(), StartError>
where
    F: FnOnce(Environment) -> Fut,
    Fut: Future<Output = Result<(), StartError>>,
{
    telemetry(&environment.load::<Log>()?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(StartError::surroundings)?;
    runtime.block_on(work(environment))
}
