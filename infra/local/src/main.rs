//! `or3-local`: the whole product as one process; `or3-local copy-files`: its files into a bucket.

use std::io::Write;
use std::process::ExitCode;

use or3_local::{Copied, Running, Stack, copy_files, problems, show_config, verify_audit};
use or3_runtime::{EXIT_SETTINGS, StartError, telemetry};
use or3_settings::{Environment, Log, Problems};
use tokio::signal::unix::{SignalKind, signal};

/// The exit code of a copy that had to leave files out, and of a trail that is broken.
const EXIT_INCOMPLETE: u8 = 1;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let ended = match arguments[..] {
        [] => run(serve),
        ["config"] => config(),
        ["copy-files"] => run(copy),
        ["verify-audit"] => run(look_at_audit),
        _ => Err(StartError::surroundings(
            "usage: or3-local             serves\n       \
             or3-local config      shows the settings in force and what is wrong with them\n       \
             or3-local copy-files  copies the files of OR3_STORAGE_FS_ROOT into the bucket\n       \
             or3-local verify-audit\n                             \
             says whether the audit trail holds",
        )),
    };
    match ended {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(EXIT_SETTINGS)
        }
    }
}

fn run<F, Fut>(work: F) -> Result<ExitCode, StartError>
where
    F: FnOnce(Environment) -> Fut,
    Fut: Future<Output = Result<ExitCode, StartError>>,
{
    let environment = Environment::of_process();
    let Ok(log) = environment.load::<Log>() else {
        return Err(Problems(problems(&environment)).into());
    };
    telemetry(&log);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(StartError::surroundings)?;
    runtime.block_on(work(environment))
}

/// Answers with the exit code that a start with these settings would have, if it ended at once.
fn config() -> Result<ExitCode, StartError> {
    let (text, starts) = show_config(&Environment::of_process())?;
    print!("{text}");
    Ok(if starts {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(EXIT_SETTINGS)
    })
}

async fn serve(environment: Environment) -> Result<ExitCode, StartError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(StartError::surroundings)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(StartError::surroundings)?;
    let running = Stack::prepare(environment).await?.start()?;
    announce(&running).map_err(StartError::surroundings)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    running.stop().await;
    Ok(ExitCode::SUCCESS)
}

async fn copy(environment: Environment) -> Result<ExitCode, StartError> {
    let copied = copy_files(&environment).await?;
    let Copied {
        sent,
        sent_bytes,
        present,
        failed,
    } = copied;
    println!(
        "or3-local copied {sent} files ({sent_bytes} bytes); {present} were there already, \
         {failed} could not be copied"
    );
    Ok(match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(EXIT_INCOMPLETE),
    })
}

async fn look_at_audit(environment: Environment) -> Result<ExitCode, StartError> {
    let found = verify_audit(&environment).await?;
    let (entries, seq, link) = (found.entries, found.through.seq, found.through.link);
    Ok(match found.broken {
        None => {
            println!(
                "or3-local: the audit trail holds: {entries} entries, the last is {seq} {link}"
            );
            ExitCode::SUCCESS
        }
        Some(broken) => {
            println!("or3-local: the audit trail is broken: {broken}; it holds up to {seq} {link}");
            ExitCode::from(EXIT_INCOMPLETE)
        }
    })
}

/// The start line: scripts wait for it and read the address from it.
fn announce(running: &Running) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "or3-local listening on http://{}", running.address())?;
    out.flush()
}
