//! The function on heads that a test sets, with a clock that only moves when everybody waits.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use http::Method;
use or3_domain::access::Role;
use or3_domain::ids::WorkspaceId;
use or3_domain::limits::Policies;
use or3_domain::store::StoreError;
use or3_domain::sync::{News, SyncHeads};
use or3_http::{HttpPolicy, RateLimits};
use or3_settings::Database;
use or3_state::State;
use or3_testkit::{Client, EventReader, FakeSessions, FixedClock, session};
use stream::{Ports, Timing, Watch, router};
use tempfile::TempDir;

/// How streams keep time here.
pub(crate) const LOOK: Duration = Duration::from_secs(1);
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(15);
pub(crate) const LIFETIME: Duration = Duration::from_secs(100);

/// Heads as a test sets them; counts how often it is asked. Away when told.
#[derive(Default)]
pub(crate) struct Heads {
    known: Mutex<HashMap<String, i64>>,
    asked: AtomicUsize,
    away: Mutex<bool>,
}

impl Heads {
    pub(crate) fn set(&self, workspace: &str, head: i64) {
        let mut known = self.known.lock().expect("sound");
        known.insert(workspace.to_owned(), head);
    }

    pub(crate) fn be_away(&self, away: bool) {
        *self.away.lock().expect("sound") = away;
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl SyncHeads for Heads {
    async fn heads(
        &self,
        workspaces: &[WorkspaceId],
    ) -> Result<Vec<(WorkspaceId, i64)>, StoreError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if *self.away.lock().expect("sound") {
            return Err(StoreError::Unavailable("away".to_owned()));
        }
        let known = self.known.lock().expect("sound");
        let head = |id: &WorkspaceId| (id.clone(), known.get(id.as_str()).copied().unwrap_or(0));
        Ok(workspaces.iter().map(head).collect())
    }
}

/// A paused clock runs ahead while a thread reads the database: no request is to be given up by it.
fn patient() -> HttpPolicy {
    HttpPolicy {
        request_timeout: Duration::MAX,
        ..HttpPolicy::default()
    }
}

pub(crate) struct Server {
    pub(crate) client: Client,
    pub(crate) heads: Arc<Heads>,
    pub(crate) news: News,
    pub(crate) sessions: Arc<FakeSessions>,
    _folder: TempDir,
}

impl Server {
    /// A server where `alice` owns `ws`.
    pub(crate) async fn start() -> Self {
        Self::with(true, Policies::standard()).await
    }

    pub(crate) async fn with(enabled: bool, policies: Policies) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(FixedClock::default());
        let (heads, news) = (Arc::new(Heads::default()), News::default());
        let sessions = Arc::new(FakeSessions::default());
        let limits = RateLimits {
            limiter: state(&folder).await.rate_limiter(),
            policies,
            clock,
        };
        let ports = Ports {
            watch: Arc::new(Watch::new(heads.clone(), news.clone(), LOOK)),
            timing: Timing {
                heartbeat: HEARTBEAT,
                lifetime: LIFETIME,
            },
            sessions: sessions.extractor(),
            limits,
            policy: Arc::default(),
            enabled,
        };
        let server = Self {
            client: Client::with_policy(router(ports), patient()),
            heads,
            news,
            sessions,
            _folder: folder,
        };
        server.sign_in("alice", "ws");
        server
    }

    pub(crate) fn sign_in(&self, user: &str, workspace: &str) {
        self.sessions
            .sign_in(user, session(user, workspace, Role::Owner));
    }

    /// Opens a stream of `user` that has `cursor`.
    pub(crate) async fn open(&self, user: &str, workspace: &str, cursor: i64) -> EventReader {
        let path = format!("/api/sync/stream?workspaceId={workspace}&cursor={cursor}");
        let client = self.client.signed_in(user);
        let answer = client.request(Method::GET, &path, "").await;
        assert_eq!(answer.status(), 200);
        EventReader::new(answer.into_body())
    }
}

async fn state(folder: &TempDir) -> State {
    let database = Database::file(folder.path().join("or3.db"), 1);
    let at = or3_domain::clock::Timestamp::from_seconds(0);
    State::migrate(&database, at)
        .await
        .expect("an empty database");
    State::open(&database).expect("a migrated database")
}
