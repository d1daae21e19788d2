//! What `scripts/bundle` built: the binaries that Lambda gets, and their zips.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::Outcome;
use crate::process::binary;

/// A function as it was built.
pub(super) struct Built {
    pub(super) name: String,
    pub(super) binary: PathBuf,
    pub(super) zip: PathBuf,
    /// The budget of its zip, in megabytes.
    pub(super) budget: f64,
}

/// Every function that has a budget.
pub(super) fn functions() -> Outcome<Vec<Built>> {
    let budget = fs::read_to_string(root().join("infra/budget.txt"))?;
    let lines = budget.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, megabytes) = line.split_once(' ').ok_or("infra/budget.txt: NAME MB")?;
            Built::find(name, megabytes.parse()?)
        })
        .collect()
}

/// The function called `name`.
pub(super) fn function(name: &str) -> Outcome<Built> {
    let found = functions()?.into_iter().find(|built| built.name == name);
    Ok(found.ok_or("no such function")?)
}

/// The event for function `name` that lies in `tests/events`.
pub(super) fn event(name: &str) -> Outcome<serde_json::Value> {
    let path = root().join(format!("tests/events/{name}.json"));
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

impl Built {
    fn find(name: &str, budget: f64) -> Outcome<Self> {
        let here = binary()?;
        let target = here.ancestors().nth(2).ok_or("no target folder")?;
        let (triple, arch) = match std::env::consts::ARCH {
            "aarch64" => ("aarch64-unknown-linux-gnu", "arm64"),
            _ => ("x86_64-unknown-linux-gnu", "x86-64"),
        };
        let built = Self {
            name: name.to_owned(),
            binary: target.join(triple).join("release").join(name),
            zip: target
                .join("lambda")
                .join(arch)
                .join(name)
                .join("bootstrap.zip"),
            budget,
        };
        for path in [&built.binary, &built.zip] {
            if !path.exists() {
                return Err(format!("{} is missing: run scripts/bundle", path.display()).into());
            }
        }
        Ok(built)
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
