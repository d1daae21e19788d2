//! A router with rows of its own, and people who are signed in.

use std::path::Path;
use std::sync::Arc;

use or3_domain::access::Role;
use or3_domain::clock::{Clock, Timestamp};
use or3_domain::limits::Policies;
use or3_domain::sync::{News, SyncStore};
use or3_http::RateLimits;
use or3_settings::{Database, DatabaseUrl};
use or3_state::State;
use or3_testkit::{
    Answer, Client, FakeSessions, FixedClock, SequentialIds, Sqld, seed_workspace, session,
};
use serde_json::{Value, json};
use sync::{Ports, router};
use tempfile::TempDir;

/// One workspace, `ws`, on a database of its own.
pub(crate) struct Server {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) state: State,
    ports: Ports,
    sessions: Arc<FakeSessions>,
    place: Place,
}

/// What keeps a database alive.
enum Place {
    Folder(TempDir),
    Server(#[expect(dead_code, reason = "held so that the process stays")] Sqld),
}

impl Server {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Database::file(folder.path().join("or3.db"), 1);
        Self::at(&settings, Place::Folder(folder)).await
    }

    /// The same with its database on a server; `None` where none is installed.
    pub(crate) async fn on_a_database_server() -> Option<Self> {
        let sqld = Sqld::start()?;
        let url = DatabaseUrl::Server {
            url: sqld.url(),
            token: None,
        };
        Some(Self::at(&Database::at(url, 1), Place::Server(sqld)).await)
    }

    async fn at(settings: &Database, place: Place) -> Self {
        let clock = Arc::new(FixedClock::default());
        State::migrate(settings, clock.now())
            .await
            .expect("an empty database");
        let state = State::open(settings).expect("a migrated database");
        seed_workspace(&*state.sessions(), "ws").await;
        let sessions = Arc::new(FakeSessions::default());
        let ports = ports(&state, &clock, &sessions);
        Self {
            clock,
            state,
            ports,
            sessions,
            place,
        }
    }

    /// The same after a stop, during which `change` happened to its database file.
    pub(crate) fn after(self, change: impl FnOnce(&Path)) -> Self {
        let Place::Folder(folder) = &self.place else {
            panic!("the file of a server is its own");
        };
        let path = folder.path().join("or3.db");
        self.state.close();
        change(&path);
        let state = State::open(&Database::file(path, 1)).expect("opening touches nothing");
        let ports = ports(&state, &self.clock, &self.sessions);
        Self {
            state,
            ports,
            ..self
        }
    }

    /// A client that is signed in as `user` with `role`.
    pub(crate) fn client(&self, user: &str, role: Role) -> Client {
        self.sessions.sign_in(user, session(user, "ws", role));
        Client::new(router(self.ports.clone())).signed_in(user)
    }

    pub(crate) fn alice(&self) -> Client {
        self.client("alice", Role::Owner)
    }

    /// Alice at the same server with another store.
    pub(crate) fn alice_at(&self, store: Arc<dyn SyncStore>) -> Client {
        let ports = Ports {
            store,
            ..self.ports.clone()
        };
        self.alice();
        Client::new(router(ports)).signed_in("alice")
    }

    /// The same server with sync switched off.
    pub(crate) fn switched_off(&self) -> Client {
        let ports = Ports {
            enabled: false,
            ..self.ports.clone()
        };
        Client::new(router(ports))
    }
}

fn ports(state: &State, clock: &Arc<FixedClock>, sessions: &Arc<FakeSessions>) -> Ports {
    Ports {
        store: state.sync_store(),
        news: News::default(),
        sessions: sessions.extractor(),
        limits: RateLimits {
            limiter: state.rate_limiter(),
            policies: Policies::standard(),
            clock: clock.clone(),
        },
        policy: Arc::default(),
        clock: clock.clone(),
        ids: Arc::new(SequentialIds::default()),
        enabled: true,
    }
}

/// `now`, as answers carry it.
pub(crate) fn seconds(at: Timestamp) -> i64 {
    at.seconds()
}

/// A put of the value `number`, whose op id ends in it.
pub(crate) fn put(pk: &str, clock: i64, number: u32) -> Value {
    let payload = json!({
        "id": pk, "name": pk, "value": number, "created_at": 1, "updated_at": 1, "clock": clock,
    });
    op("kv", "put", pk, clock, number, Some(payload))
}

/// A delete as clients send it.
pub(crate) fn delete(pk: &str, clock: i64, number: u32) -> Value {
    let payload = json!({ "id": pk, "deleted": true, "deleted_at": 1 });
    op("kv", "delete", pk, clock, number, Some(payload))
}

/// An op in its envelope.
pub(crate) fn op(
    table: &str,
    operation: &str,
    pk: &str,
    clock: i64,
    number: u32,
    payload: Option<Value>,
) -> Value {
    let mut op = json!({
        "id": format!("q-{number}"), "tableName": table, "operation": operation, "pk": pk,
        "stamp": {
            "deviceId": "deva0001", "opId": format!("00000000-0000-4000-8000-{number:012}"),
            "hlc": "0mjuohs00:000:deva0001", "clock": clock,
        },
        "createdAt": 1, "attempts": 0, "status": "pending",
    });
    if let Some(payload) = payload {
        op["payload"] = payload;
    }
    op
}

/// A push that is answered with 200.
pub(crate) async fn push(client: &Client, ops: &[Value]) -> Value {
    let answer = send(
        client,
        "push",
        &json!({ "scope": { "workspaceId": "ws" }, "ops": ops }),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

/// A pull of everything after `cursor`.
pub(crate) async fn pull(client: &Client, cursor: i64) -> Value {
    let question = json!({ "scope": { "workspaceId": "ws" }, "cursor": cursor, "limit": 1000 });
    send(client, "pull", &question).await.json()
}

pub(crate) async fn send(client: &Client, endpoint: &str, body: &Value) -> Answer {
    client.post(&format!("/api/sync/{endpoint}"), body).await
}
