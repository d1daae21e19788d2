//! What an error of the file system means for a caller, and how to wait for a blocking call.

use or3_domain::store::StoreError;
use rustix::io::Errno;
use tokio::task::{JoinHandle, spawn_blocking};

/// Sorts an error; `doing` is for the log.
pub(crate) fn of(error: Errno, doing: &str) -> StoreError {
    let text = format!("{doing}: {error}");
    match error {
        // FBIG is the process's own limit on files.
        Errno::NOSPC | Errno::DQUOT | Errno::FBIG => StoreError::Full(text),
        Errno::MFILE
        | Errno::NFILE
        | Errno::NOMEM
        | Errno::AGAIN
        | Errno::BUSY
        | Errno::STALE
        | Errno::TIMEDOUT
        | Errno::ROFS => StoreError::Unavailable(text),
        _ => StoreError::Fault(text),
    }
}

/// Whether a path is not ours to follow: nothing there, or a link where a file or folder belongs.
pub(crate) fn is_absence(error: Errno) -> bool {
    matches!(error, Errno::NOENT | Errno::NOTDIR | Errno::LOOP)
}

/// Runs `work` where it may wait for the disk.
pub(crate) async fn blocking<T, E>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    finished(spawn_blocking(work)).await
}

/// The outcome of blocking work; work that panicked is a fault.
pub(crate) async fn finished<T, E: From<StoreError>>(
    task: JoinHandle<Result<T, E>>,
) -> Result<T, E> {
    task.await
        .unwrap_or_else(|error| Err(StoreError::Fault(error.to_string()).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_volume_is_told_apart_from_passing_trouble_and_from_faults() {
        let full = [Errno::NOSPC, Errno::DQUOT, Errno::FBIG].map(|error| of(error, "write"));
        assert!(
            full.iter()
                .all(|error| matches!(error, StoreError::Full(_)))
        );
        assert!(matches!(
            of(Errno::MFILE, "open"),
            StoreError::Unavailable(_)
        ));
        assert!(matches!(of(Errno::IO, "read"), StoreError::Fault(_)));
    }

    #[test]
    fn only_nothing_and_links_count_as_absence() {
        assert!(is_absence(Errno::NOENT) && is_absence(Errno::LOOP));
        assert!(!is_absence(Errno::ACCESS) && !is_absence(Errno::IO));
    }
}
