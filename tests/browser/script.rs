//! A script, run by Node.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use or3_settings::Environment;

/// Where `scripts/test` puts playwright-core and axe-core, below the workspace's root.
const INSTALLED: &str = ".tools/browser/node_modules";
/// By these names systems have the browser.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A script and what it needs.
pub(crate) struct Script {
    name: &'static str,
    modules: PathBuf,
    browser: PathBuf,
}

impl Script {
    /// The script `name`. Where there is no browser the test has to be skipped: this says so and
    /// returns `None`; in CI that is a failure.
    pub(crate) fn find(name: &'static str) -> Option<Self> {
        let environment = Environment::of_process();
        let modules = root().join(INSTALLED);
        let found = browser(&environment).filter(|_| modules.is_dir());
        if found.is_none() {
            let absent = format!(
                "no Chromium, or no playwright-core at {}",
                modules.display()
            );
            assert!(environment.get("CI") != Some("true"), "{absent}");
            eprintln!("SKIPPED: {absent}; `scripts/test` installs both");
        }
        found.map(|browser| Self {
            name,
            modules,
            browser,
        })
    }

    /// Runs it under `settings`; whatever it finds wrong fails the test.
    pub(crate) async fn play(&self, settings: &[(&str, &str)]) {
        let mut command = Command::new("node");
        command
            .arg(root().join(format!("tests/browser/{}.mjs", self.name)))
            .env("MODULES", &self.modules)
            .env("CHROMIUM", &self.browser)
            .env("PICTURES", root().join("target/browser").join(self.name))
            .envs(settings.iter().copied())
            .stdin(Stdio::null());
        let run = tokio::task::spawn_blocking(move || command.output());
        let output = run.await.expect("no panic").expect("node runs");
        let said = String::from_utf8_lossy(&output.stdout);
        let wrong = String::from_utf8_lossy(&output.stderr);
        println!("{said}");
        assert!(output.status.success(), "{}: {said}{wrong}", self.name);
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The one that `CHROMIUM` names, or the first that is on the path.
fn browser(environment: &Environment) -> Option<PathBuf> {
    let named = environment.get("CHROMIUM").map(PathBuf::from);
    let paths = environment.get("PATH").unwrap_or_default();
    let paths = std::env::split_paths(paths);
    let mut found = paths.flat_map(|folder| BROWSERS.map(|name| folder.join(name)));
    named.or_else(|| found.find(|path| path.is_file()))
}
