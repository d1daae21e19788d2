//! The databases that every suite runs on: a local file and a real server.

use std::path::Path;

use or3_domain::clock::{Clock, SystemClock};
use or3_settings::{Database, DatabaseUrl};
use or3_state::State;
use or3_testkit::Sqld;
use tempfile::TempDir;

/// A migrated, empty database, and what keeps it alive.
pub(crate) struct Place {
    pub(crate) state: State,
    _alive: Alive,
}

enum Alive {
    File(#[expect(dead_code, reason = "held so that the folder stays")] TempDir),
    Server(#[expect(dead_code, reason = "held so that the process stays")] Sqld),
}

impl Place {
    pub(crate) async fn file() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = in_folder(folder.path());
        Some(Self::at(&settings, Alive::File(folder)).await)
    }

    /// `None` where no server is installed.
    pub(crate) async fn server() -> Option<Self> {
        let server = Sqld::start()?;
        Some(Self::at(&on_server(&server), Alive::Server(server)).await)
    }

    async fn at(settings: &Database, alive: Alive) -> Self {
        let migrated = State::migrate(settings, SystemClock.now()).await;
        migrated.expect("an empty database can be migrated");
        Self {
            state: State::open(settings).expect("a migrated database opens"),
            _alive: alive,
        }
    }
}

pub(crate) fn in_folder(folder: &Path) -> Database {
    Database::file(folder.join("or3.db"), 2)
}

pub(crate) fn on_server(server: &Sqld) -> Database {
    Database::at(
        DatabaseUrl::Server {
            url: server.url(),
            token: None,
        },
        2,
    )
}

/// Makes a test of every fact of a suite, on a local file and on a server. What a fact takes is a
/// port of the state by name, or an expression over the state.
macro_rules! on_every_database {
    ($suite:path, $port:ident: $($fact:ident),* $(,)?) => {
        $crate::place::on_every_database! { $suite, |state| state.$port(); $($fact),* }
    };
    ($suite:path, |$state:ident| $ports:expr; $($fact:ident),* $(,)?) => {
        mod file {
            use $suite as suite;
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $fact() {
                if let Some(place) = $crate::place::Place::file().await {
                    let $state = &place.state;
                    suite::$fact($ports).await;
                }
            })*
        }

        mod server {
            use $suite as suite;
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $fact() {
                if let Some(place) = $crate::place::Place::server().await {
                    let $state = &place.state;
                    suite::$fact($ports).await;
                }
            })*
        }
    };
}
pub(crate) use on_every_database;
