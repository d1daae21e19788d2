//! Collecting history through the real router, on a real database.

use std::sync::Arc;
use std::time::Duration;

use gc::{BlobGc, Ports, router};
use http::Method;
use or3_blobs::FsBlobs;
use or3_domain::access::Role;
use or3_domain::clock::Clock;
use or3_domain::gc::Collection;
use or3_domain::ids::SystemIds;
use or3_domain::limits::Policies;
use or3_http::RateLimits;
use or3_settings::Database;
use or3_state::State;
use or3_testkit::{Client, FakeSessions, FixedClock, no_admins, seed_workspace, session};
use serde_json::{Value, json};
use tempfile::TempDir;

const ENDPOINTS: [&str; 2] = ["/api/sync/gc-tombstones", "/api/sync/gc-change-log"];

struct Server {
    clock: Arc<FixedClock>,
    sessions: Arc<FakeSessions>,
    ports: Ports,
    _folder: TempDir,
}

impl Server {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(FixedClock::default());
        let settings = Database::file(folder.path().join("or3.db"), 1);
        State::migrate(&settings, clock.now())
            .await
            .expect("an empty database");
        let state = State::open(&settings).expect("a migrated database");
        seed_workspace(&*state.sessions(), "ws").await;
        let sessions = Arc::new(FakeSessions::default());
        let ports = Ports {
            history: state.sync_history(),
            collection: Collection::new(
                Vec::new(),
                state.gc_ledger(),
                clock.clone(),
                Arc::new(SystemIds),
            ),
            blob_gc: BlobGc {
                blobs: Arc::new(FsBlobs::new(
                    folder.path(),
                    clock.clone(),
                    Arc::new(SystemIds),
                )),
                claims: state.blob_claims(),
                files: state.file_index(),
                ids: Arc::new(SystemIds),
                retention: Duration::from_hours(24),
                cooldown: Duration::from_mins(1),
                enabled: true,
            },
            sessions: sessions.extractor(),
            admins: no_admins(clock.clone()),
            audit: state.audit_log(),
            limits: RateLimits {
                limiter: state.rate_limiter(),
                policies: Policies::standard(),
                clock: clock.clone(),
            },
            policy: Arc::default(),
            clock: clock.clone(),
            enabled: true,
            sync_enabled: true,
            storage_enabled: true,
        };
        Self {
            clock,
            sessions,
            ports,
            _folder: folder,
        }
    }

    fn client(&self, user: &str, role: Role) -> Client {
        self.sessions.sign_in(user, session(user, "ws", role));
        Client::new(router(self.ports.clone())).signed_in(user)
    }
}

fn request(retention: &Value) -> Value {
    json!({ "scope": { "workspaceId": "ws" }, "retentionSeconds": retention })
}

#[tokio::test]
async fn an_owner_collects_and_gets_an_empty_answer() {
    let server = Server::start().await;
    let owner = server.client("alice", Role::Owner);
    for endpoint in ENDPOINTS {
        let answer = owner.post(endpoint, &request(&json!(3600))).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
        assert!(answer.headers.get("x-ratelimit-limit").is_none());
    }
}

#[tokio::test]
async fn windows_out_of_range_and_other_shapes_are_400_even_for_strangers() {
    let server = Server::start().await;
    let nobody = server.client("alice", Role::Owner).signed_in("nobody");
    let windows = [
        json!(0),
        json!(1),
        json!(3599),
        json!(3600.5),
        json!(31_536_001),
        json!("3600"),
    ];
    for endpoint in ENDPOINTS {
        for window in &windows {
            let answer = nobody.post(endpoint, &request(window)).await;
            assert_eq!(
                (answer.status.as_u16(), &*answer.message()),
                (400, "Invalid GC request")
            );
        }
        let answer = nobody.send(Method::POST, endpoint, "{").await;
        assert_eq!(answer.status, 400);
    }
}

#[tokio::test]
async fn only_owners_of_this_workspace_may() {
    let server = Server::start().await;
    let owner = server.client("alice", Role::Owner);
    for endpoint in ENDPOINTS {
        let whole = request(&json!(3600));
        assert_eq!(
            owner
                .signed_in("nobody")
                .post(endpoint, &whole)
                .await
                .status,
            401
        );
        for role in [Role::Editor, Role::Viewer] {
            assert_eq!(
                server
                    .client("bob", role)
                    .post(endpoint, &whole)
                    .await
                    .status,
                403
            );
        }
        let elsewhere = json!({ "scope": { "workspaceId": "other" }, "retentionSeconds": 3600 });
        assert_eq!(owner.post(endpoint, &elsewhere).await.status, 403);
        let foreign = owner.with_header("origin", "https://evil.example");
        assert_eq!(foreign.post(endpoint, &whole).await.status, 403);
    }
}

#[tokio::test]
async fn both_endpoints_share_ten_a_minute() {
    let server = Server::start().await;
    let owner = server.client("alice", Role::Owner);
    let whole = request(&json!(3600));
    for turn in 0..10 {
        assert_eq!(owner.post(ENDPOINTS[turn % 2], &whole).await.status, 204);
    }
    let refused = owner.post(ENDPOINTS[0], &whole).await;
    assert_eq!(refused.status, 429);
    assert_eq!(
        refused.message(),
        "Too many GC requests. Please wait before retrying."
    );
    assert_eq!(refused.header("retry-after"), "60");
    server.clock.advance(Duration::from_mins(1));
    assert_eq!(owner.post(ENDPOINTS[1], &whole).await.status, 204);
}

#[tokio::test]
async fn switched_off_means_not_found() {
    let server = Server::start().await;
    let ports = Ports {
        sync_enabled: false,
        ..server.ports.clone()
    };
    for endpoint in ENDPOINTS {
        let answer = Client::new(router(ports.clone()))
            .post(endpoint, &json!({}))
            .await;
        assert_eq!(answer.status, 404);
    }
}
