//! Whom the tests talk to.

use std::path::Path;

use or3_local::{Running, Stack};
use or3_settings::Environment;
use tempfile::TempDir;

use crate::Browser;

/// A deployment: one of our own that ends with the test, or the one that `BASE_URL` names.
pub struct Server {
    base: String,
    own: Option<Own>,
    tries: usize,
}

/// A server of our own, and its data if they are to end with it.
struct Own {
    running: Running,
    _data: Option<TempDir>,
}

/// Password hashes that cost little, and a port that is free. The rest is as a newcomer gets it.
const SETTINGS: [(&str, &str); 4] = [
    ("OR3_LISTEN", "127.0.0.1:0"),
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    ("OR3_DATABASE_READERS", "1"),
];

impl Server {
    /// A server with default settings.
    pub async fn start() -> Self {
        match elsewhere() {
            Some(base) => Self {
                base,
                own: None,
                tries: 1,
            },
            None => Self::embedded(&[]).await,
        }
    }

    /// A server with `settings`.
    ///
    /// # Panics
    ///
    /// Where `BASE_URL` names a deployment, whose settings are its own: such a test must carry
    /// `#[cfg_attr(deployed, ignore = "has settings of its own")]`.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        refuse_elsewhere();
        Self::embedded(settings).await
    }

    /// A server with `settings` over the data in `folder`, which are the caller's.
    ///
    /// # Panics
    ///
    /// Those of [`with`](Self::with).
    pub async fn over(folder: &Path, settings: &[(&str, &str)]) -> Self {
        refuse_elsewhere();
        Self::running(folder, settings, None).await
    }

    /// Somebody with an empty cookie jar.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.base).trying(self.tries)
    }

    /// The same for browsers that repeat what may be repeated, a hundred times.
    #[must_use]
    pub fn with_patience(self) -> Self {
        Self { tries: 100, ..self }
    }

    /// Ends a server of our own; its data are whole then.
    pub async fn stop(self) {
        if let Some(own) = self.own {
            own.running.stop().await;
        }
    }

    #[expect(clippy::expect_used, reason = "a test without its server must fail")]
    async fn embedded(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().to_owned();
        Self::running(&path, settings, Some(folder)).await
    }

    #[expect(clippy::expect_used, reason = "a test without its server must fail")]
    async fn running(folder: &Path, settings: &[(&str, &str)], data: Option<TempDir>) -> Self {
        let path = folder.to_string_lossy();
        let pairs = SETTINGS.iter().chain(settings).copied();
        let environment = Environment::of(pairs.chain([("OR3_DATA_DIR", &*path)]));
        let stack = Stack::prepare(environment).await.expect("a stack");
        let running = stack.start().expect("a listener");
        Self {
            base: format!("http://{}", running.address()),
            own: Some(Own {
                running,
                _data: data,
            }),
            tries: 1,
        }
    }
}

fn refuse_elsewhere() {
    assert!(
        elsewhere().is_none(),
        "a test with settings of its own ran with BASE_URL: it lacks \
         #[cfg_attr(deployed, ignore = \"has settings of its own\")]"
    );
}

/// The deployment that tests talk to instead of one of their own.
fn elsewhere() -> Option<String> {
    let environment = Environment::of_process();
    let url = environment.get("BASE_URL")?;
    Some(url.trim_end_matches('/').to_owned())
}
