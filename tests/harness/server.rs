//! Whom the tests talk to.

use or3_local::{Running, Stack};
use or3_settings::Environment;
use tempfile::TempDir;

use crate::Browser;

/// A deployment: one of our own that ends with the test, or the one that `BASE_URL` names.
pub struct Server {
    base: String,
    _own: Option<(Running, TempDir)>,
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
        match Environment::of_process().get("BASE_URL") {
            Some(url) => Self {
                base: url.trim_end_matches('/').to_owned(),
                _own: None,
            },
            None => Self::embedded(&[]).await,
        }
    }

    /// A server with `settings`; `None` where `BASE_URL` names one whose settings are its own.
    pub async fn with(settings: &[(&str, &str)]) -> Option<Self> {
        if Environment::of_process().get("BASE_URL").is_some() {
            return None;
        }
        Some(Self::embedded(settings).await)
    }

    /// Somebody with an empty cookie jar.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.base)
    }

    #[expect(clippy::expect_used, reason = "a test without its server must fail")]
    async fn embedded(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().to_string_lossy();
        let pairs = SETTINGS.iter().chain(settings).copied();
        let environment = Environment::of(pairs.chain([("OR3_DATA_DIR", &*data)]));
        let stack = Stack::prepare(environment).await.expect("a stack");
        let running = stack.start().expect("a listener");
        Self {
            base: format!("http://{}", running.address()),
            _own: Some((running, folder)),
        }
    }
}
