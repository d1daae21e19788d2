//! How many files and connections the system lets this process have.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Raises the limit to the most that may be had without asking anybody: many systems start
/// processes with 1024 for the sake of programs of the past, which is less than connections and
/// files come to here. Where that fails things stay as they were.
pub(crate) fn raise() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the number of open files stays limited");
    }
}
