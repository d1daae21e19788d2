//! `tus-js-client`, run by Node.

use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use or3_settings::Environment;
use serde_json::json;

use super::words;
use crate::owner::{File, Owner};

/// Where `scripts/test` puts the client, below the workspace's root.
const INSTALLED: &str = ".tools/tus/node_modules/tus-js-client";
const SCRIPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/process/resumable/upload.mjs"
);

/// A client that uploads a file; dropping it ends the process.
pub(super) struct Client {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Client {
    /// Starts to upload `file`, which lies at `path`, or goes on with the upload at `url`. Where
    /// no client is installed the test has to be skipped: this says so and returns `None`.
    pub(super) fn start(
        address: &str,
        owner: &Owner,
        file: &File,
        path: &Path,
        url: Option<&str>,
    ) -> Option<Self> {
        let module = installed()?;
        let cookie = owner.cookie.trim().trim_start_matches("cookie: ");
        let metadata = json!({
            "workspace_id": owner.workspace, "hash": file.hash.to_string(),
            "mime_type": "image/png", "name": "größe.png",
        });
        let mut process = Command::new("node")
            .args([SCRIPT, &module.to_string_lossy()])
            .args([&format!("http://{address}/api/storage/tus"), cookie])
            .args([&path.to_string_lossy(), metadata.to_string().as_str()])
            .args(url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node runs");
        Some(Self {
            input: process.stdin.take(),
            output: BufReader::new(process.stdout.take().expect("its output")),
            process,
        })
    }

    /// Waits until at least `bytes` have been acknowledged; how many it was, and the upload's
    /// address.
    pub(super) fn wait_for(&mut self, bytes: usize) -> (usize, String) {
        loop {
            match words(&mut self.output).as_slice() {
                [at, number, url] if at == "at" => {
                    let number = number.parse().expect("a number");
                    if number >= bytes {
                        return (number, url.clone());
                    }
                }
                other => panic!("the client says {other:?}"),
            }
        }
    }

    /// Makes the client break off and waits until it has ended.
    pub(super) fn abort(mut self) {
        let mut input = self.input.take().expect("its input");
        input.write_all(b"abort\n").expect("it listens");
        assert!(self.process.wait().expect("an end").success());
    }

    /// Waits until the file is uploaded; the upload's address.
    pub(super) fn wait_for_end(mut self) -> String {
        let url = loop {
            match words(&mut self.output).as_slice() {
                [at, _, _] if at == "at" => {}
                [done, url] if done == "done" => break url.clone(),
                other => panic!("the client says {other:?}"),
            }
        };
        assert!(self.process.wait().expect("an end").success());
        url
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Both fail only for a process that has ended already.
        let _ended = self.process.kill();
        let _collected = self.process.wait();
    }
}

fn installed() -> Option<PathBuf> {
    let environment = Environment::of_process();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join(INSTALLED);
    if path.is_dir() {
        return Some(path);
    }
    let absent = format!("there is no tus-js-client at {}", path.display());
    assert!(environment.get("CI") != Some("true"), "{absent}");
    eprintln!("SKIPPED: {absent}; `scripts/test` installs it");
    None
}
