//! Several servers on one database: a file, or a database server behind a bad network.

use std::future::{Future, poll_fn};
use std::path::Path;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use or3_blobs::FsBlobs;
use or3_domain::clock::Clock;
use or3_domain::gc::Collection;
use or3_domain::limits::Policies;
use or3_domain::sync::News;
use or3_http::RateLimits;
use or3_settings::{Database, DatabaseUrl};
use or3_state::State;
use or3_testkit::{
    Answer, Client, FakeSessions, Fate, FixedClock, Relay, SequentialIds, Sqld, no_admins,
    seed_workspace,
};
use serde_json::Value;
use tempfile::TempDir;

/// A request that a device makes.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The access token: the device's name.
    pub(crate) token: String,
    pub(crate) path: &'static str,
    pub(crate) body: Value,
}

/// Where the rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    File,
    Server,
}

/// What keeps the database there.
enum Place {
    File(#[expect(dead_code, reason = "held so that the folder stays")] TempDir),
    Server {
        relay: Relay,
        #[expect(dead_code, reason = "held so that the process stays")]
        sqld: Sqld,
    },
}

impl Place {
    /// An empty database; `None` where no database server is installed.
    async fn on(ground: Ground) -> Option<(Self, DatabaseUrl)> {
        if ground == Ground::File {
            let folder = folder();
            let url = DatabaseUrl::File(folder.path().join("or3.db"));
            return Some((Self::File(folder), url));
        }
        let sqld = Sqld::start()?;
        let relay = Relay::before(&sqld.url()).await;
        let (url, token) = (relay.url(), None);
        Some((
            Self::Server { relay, sqld },
            DatabaseUrl::Server { url, token },
        ))
    }
}

/// The servers, and what they share.
pub(crate) struct Fleet {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) sessions: Arc<FakeSessions>,
    ids: Arc<SequentialIds>,
    database: Database,
    servers: Vec<Server>,
    place: Place,
}

struct Server {
    state: State,
    client: Client,
}

impl Fleet {
    /// `count` servers on an empty database that knows `workspaces`; `None` where no database
    /// server is installed.
    pub(crate) async fn start(ground: Ground, count: usize, workspaces: &[&str]) -> Option<Self> {
        let (place, url) = Place::on(ground).await?;
        let clock = Arc::new(FixedClock::default());
        let database = Database::at(url, 1);
        let migrated = State::migrate(&database, clock.now()).await;
        migrated.expect("an empty database");
        let mut fleet = Self {
            clock,
            sessions: Arc::default(),
            ids: Arc::default(),
            database,
            servers: Vec::new(),
            place,
        };
        for _ in 0..count {
            let server = fleet.open();
            fleet.servers.push(server);
        }
        for workspace in workspaces {
            seed_workspace(&*fleet.servers[0].state.sessions(), workspace).await;
        }
        Some(fleet)
    }

    /// What becomes of the next requests to the database, where there is a network before it.
    pub(crate) fn spoil(&self, fates: impl IntoIterator<Item = Fate>) {
        if let Place::Server { relay, .. } = &self.place {
            relay.next(fates);
        }
    }

    pub(crate) fn size(&self) -> usize {
        self.servers.len()
    }

    /// Sends `request` to a server and waits for the answer.
    pub(crate) async fn deliver(&self, server: usize, request: &Request) -> Answer {
        let client = self.servers[server].client.signed_in(&request.token);
        client.post(request.path, &request.body).await
    }

    /// Sends `request` to a server that stops in the middle of it: nobody hears an answer, and
    /// what has reached the database is done.
    pub(crate) async fn cut_off(&mut self, server: usize, request: &Request) {
        let client = self.servers[server].client.signed_in(&request.token);
        let mut answer = Box::pin(client.post(request.path, &request.body));
        poll_fn(|context| {
            let _too_early_to_matter = answer.as_mut().poll(context).is_ready();
            Poll::Ready(())
        })
        .await;
        drop(answer);
        self.restart(server, true);
    }

    /// Ends a server and starts another in its place. One that is not closed leaves its files as
    /// they are, for the next to find.
    pub(crate) fn restart(&mut self, server: usize, close: bool) {
        if close {
            self.servers[server].state.close();
        }
        self.servers[server] = self.open();
    }

    fn open(&self) -> Server {
        let state = State::open(&self.database).expect("a migrated database");
        let client = Client::new(self.router(&state));
        Server { state, client }
    }

    fn router(&self, state: &State) -> Router {
        let limits = RateLimits {
            limiter: state.rate_limiter(),
            policies: Policies::disabled(),
            clock: self.clock.clone(),
        };
        let changes = sync::Ports {
            store: state.sync_store(),
            news: News::default(),
            sessions: self.sessions.extractor(),
            limits: limits.clone(),
            policy: Arc::default(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            enabled: true,
        };
        let history = gc::Ports {
            history: state.sync_history(),
            blob_gc: gc::BlobGc {
                blobs: Arc::new(FsBlobs::new(
                    "no files here",
                    self.clock.clone(),
                    self.ids.clone(),
                )),
                claims: state.blob_claims(),
                files: state.file_index(),
                ids: self.ids.clone(),
                retention: Duration::ZERO,
                cooldown: Duration::ZERO,
                enabled: false,
            },
            collection: Collection::new(
                Vec::new(),
                state.gc_ledger(),
                self.clock.clone(),
                self.ids.clone(),
            ),
            sessions: self.sessions.extractor(),
            admins: no_admins(self.clock.clone()),
            audit: state.audit_log(),
            limits,
            policy: Arc::default(),
            clock: self.clock.clone(),
            enabled: true,
            sync_enabled: true,
            storage_enabled: false,
        };
        sync::router(changes).merge(gc::router(history))
    }
}

/// A folder in memory where there is one: every commit flushes, and flushing is not what is
/// looked at here.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    made.expect("a folder")
}
