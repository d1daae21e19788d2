//! The secrets that a development stack makes for itself, once, so that sessions survive
//! restarts: `secrets.json` in the data folder, readable by this user only.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use or3_domain::auth::digest;
use or3_domain::hex::Hex;
use or3_domain::ids::Ids;
use or3_runtime::StartError;
use or3_settings::{Environment, SECRETS};

type Values = BTreeMap<String, String>;

/// Secrets for the variables that have none, before anything is written.
pub(crate) struct Secrets {
    path: PathBuf,
    values: Values,
    complete: bool,
    /// Whether there was a file: one that lacks something is from an older build.
    found: bool,
}

impl Secrets {
    /// Reads the file of `folder`, and makes up what it lacks. Nothing is written yet.
    pub(crate) fn look(folder: &Path, ids: &dyn Ids) -> Result<Self, StartError> {
        let path = folder.join("secrets.json");
        let mut values = read(&path)?;
        let found = !values.is_empty();
        let complete = SECRETS.iter().all(|name| values.contains_key(*name));
        let kept: Vec<_> = values.values().map(String::as_str).collect();
        let kept = kept.concat();
        for name in SECRETS {
            values
                .entry(name.to_owned())
                .or_insert_with(|| new(name, &kept, ids));
        }
        Ok(Self {
            path,
            values,
            complete,
            found,
        })
    }

    /// Writes the file if it lacks something. When another process was faster, its values win.
    pub(crate) fn keep(mut self) -> Result<Self, StartError> {
        if !self.complete {
            let failed =
                |error| StartError::surroundings(format!("{}: {error}", self.path.display()));
            write(&self.path, &self.values, self.found).map_err(failed)?;
            self.values.extend(read(&self.path)?);
        }
        Ok(self)
    }

    /// Gives the secrets to the variables that are not set.
    pub(crate) fn supply(&self, environment: &mut Environment) {
        for (name, value) in &self.values {
            environment.set_default(name, value.clone());
        }
    }
}

/// A new secret. Beside others that are `kept` it is made from those: processes that find the file
/// of an older build at the same moment all make the same.
fn new(name: &str, kept: &str, ids: &dyn Ids) -> String {
    if kept.is_empty() {
        random(ids)
    } else {
        digest(&format!("{name}\n{kept}"))
    }
}

fn random(ids: &dyn Ids) -> String {
    let mut bytes = [0; 32];
    ids.fill(&mut bytes);
    Hex(&bytes).to_string()
}

fn read(path: &Path) -> Result<Values, StartError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Values::new()),
        Err(error) => {
            return Err(StartError::surroundings(format!(
                "{}: {error}",
                path.display()
            )));
        }
    };
    serde_json::from_str(&text).map_err(|error| {
        StartError::surroundings(format!(
            "{} is not the secrets file that this stack wrote ({error}): restore it, or remove it \
             and everybody signs in again",
            path.display()
        ))
    })
}

/// Writes beside the file and then gives it its name, so that nobody reads half of it. A new file
/// is linked, which fails if another process has made one meanwhile; an incomplete one (from an
/// older build) is replaced.
fn write(path: &Path, values: &Values, replace: bool) -> io::Result<()> {
    let beside = path.with_extension(format!("json.{}", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    serde_json::to_writer_pretty(&mut file, values)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    if replace {
        return std::fs::rename(&beside, path);
    }
    let linked = std::fs::hard_link(&beside, path);
    std::fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use or3_domain::ids::SystemIds;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn secrets_are_made_once_and_kept_private() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = Secrets::look(folder.path(), &SystemIds)
            .expect("new")
            .keep()
            .expect("kept");
        let second = Secrets::look(folder.path(), &SystemIds).expect("read");
        assert_eq!(first.values, second.values);
        let file = std::fs::metadata(folder.path().join("secrets.json")).expect("a file");
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn the_slower_of_two_processes_takes_over_what_the_faster_wrote() {
        let folder = tempfile::tempdir().expect("a folder");
        let slow = Secrets::look(folder.path(), &SystemIds).expect("new");
        let fast = Secrets::look(folder.path(), &SystemIds)
            .expect("new")
            .keep()
            .expect("kept");
        let slow = slow.keep().expect("kept");
        assert_eq!(slow.values, fast.values);
        assert_eq!(read(&slow.path).expect("whole"), fast.values);
    }

    #[test]
    fn processes_that_find_the_file_of_an_older_build_make_the_same_of_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let whole = Secrets::look(folder.path(), &SystemIds).expect("new");
        let mut older = whole.values.clone();
        older.remove(SECRETS[4]);
        write(&whole.path, &older, false).expect("written");
        let looks = [(); 3].map(|()| Secrets::look(folder.path(), &SystemIds).expect("read"));
        let kept = looks.map(|look| look.keep().expect("kept").values);
        assert!(kept.iter().all(|values| *values == kept[0]));
        assert_eq!(kept[0].len(), SECRETS.len());
        for (name, value) in &older {
            assert_eq!(kept[0].get(name), Some(value));
        }
        assert!(!older.values().any(|value| *value == kept[0][SECRETS[4]]));
        assert_eq!(read(&whole.path).expect("whole"), kept[0]);
    }

    #[test]
    fn a_foreign_file_stops_the_start_with_its_path() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("secrets.json"), "not json").expect("written");
        let error = Secrets::look(folder.path(), &SystemIds)
            .err()
            .expect("an error");
        assert!(error.to_string().contains("secrets.json"));
    }
}
