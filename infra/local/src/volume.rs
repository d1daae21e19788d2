//! The data folder.

use std::fs::{DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use or3_runtime::StartError;
use rustix::fs::{Access, access};

/// Looks, without changing anything, whether `folder` exists and can be written, or could be
/// made. `variable` is the one that names it.
pub(crate) fn inspect(folder: &Path, variable: &str) -> Result<(), StartError> {
    let refuse = |found: &Path, reason: &str| Err(unusable(variable, found, reason));
    let existing = folder
        .ancestors()
        .map(here)
        .find(|path| path.symlink_metadata().is_ok());
    let existing = existing.unwrap_or(Path::new("/"));
    match existing.metadata() {
        Ok(found) if !found.is_dir() => refuse(existing, "is not a folder"),
        Ok(_) if access(existing, Access::WRITE_OK | Access::EXEC_OK).is_err() => {
            refuse(existing, "cannot be written")
        }
        Ok(_) => Ok(()),
        Err(error) => refuse(existing, &format!("cannot be read ({error})")),
    }
}

/// `ancestors` ends relative paths with the empty one, which means the working folder.
fn here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    }
}

fn unusable(variable: &str, found: &Path, reason: &str) -> StartError {
    StartError::surroundings(format!(
        "{variable}: {} {reason}: choose a folder that this process may write",
        found.display()
    ))
}

/// Makes `folder`, which `variable` names, and its parents; new ones are readable by this user
/// only.
pub(crate) fn create(folder: &Path, variable: &str) -> Result<(), StartError> {
    let refuse = |error| unusable(variable, folder, &format!("cannot be made ({error})"));
    make(folder).map_err(refuse)
}

fn make(folder: &Path) -> io::Result<()> {
    let existed = folder.is_dir();
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    if existed {
        Ok(())
    } else {
        std::fs::set_permissions(folder, Permissions::from_mode(0o700))
    }
}
