//! Ada, who owns the home of ada, where Eve edits and Vic views; and Max, who has his own.

use std::sync::Arc;

use http::Method;
use or3_domain::access::Role;
use or3_domain::auth::{FreshIds, Home, Identity, PROVIDER};
use or3_domain::clock::Clock;
use or3_domain::ids::{SystemIds, UserId, WorkspaceId};
use or3_domain::workspace::{Authority, Person};
use or3_settings::Database;
use or3_state::State;
use or3_testkit::{Answer, Client, FakeSessions, FixedClock, session};
use serde_json::{Value, json};
use tempfile::TempDir;
use workspaces::{Ports, router};

pub(crate) const HOME: &str = "home of ada";
pub(crate) const PEOPLE: [&str; 4] = ["ada", "eve", "vic", "max"];

pub(crate) struct Office {
    pub(crate) state: State,
    pub(crate) clock: Arc<FixedClock>,
    sessions: Arc<FakeSessions>,
    client: Client,
    _folder: TempDir,
}

impl Office {
    pub(crate) async fn new() -> Self {
        Self::switched(true).await
    }

    pub(crate) async fn switched(enabled: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::file(folder.path().join("or3.db"), 1);
        let clock = Arc::new(FixedClock::default());
        let migrated = State::migrate(&database, clock.now()).await;
        migrated.expect("a new database");
        let state = State::open(&database).expect("a migrated database");
        let sessions = Arc::new(FakeSessions::default());
        let ports = Ports {
            enabled,
            workspaces: state.workspaces(),
            sessions: sessions.extractor(),
            policy: Arc::default(),
            clock: clock.clone(),
            ids: Arc::new(SystemIds),
        };
        let office = Self {
            client: Client::new(router(ports)),
            state,
            clock,
            sessions,
            _folder: folder,
        };
        office.fill().await;
        office
    }

    async fn fill(&self) {
        for name in PEOPLE {
            let home = self.home(name).await;
            let home = session(name, home.workspace.id.as_str(), Role::Owner);
            self.sessions.sign_in(name, home);
        }
        for (name, role) in [("eve", Role::Editor), ("vic", Role::Viewer)] {
            let (home, ada) = (WorkspaceId::new(HOME), Authority::Owner(UserId::new("ada")));
            let person = Person::parse(name, None);
            let members = self.state.members();
            let added = members
                .add(&home, &ada, &person, role, self.clock.now())
                .await;
            added.expect("added");
        }
    }

    /// Where the next session of somebody is; the first time makes them a user of that id.
    pub(crate) async fn home(&self, name: &str) -> Home {
        let identity = Identity {
            provider: PROVIDER,
            provider_user_id: format!("account of {name}"),
            email: None,
            display_name: None,
        };
        let fresh = FreshIds {
            user: UserId::new(name),
            workspace: WorkspaceId::new(format!("home of {name}")),
        };
        let store = self.state.sessions();
        let home = store.provision(&identity, &fresh, self.clock.now()).await;
        home.expect("provisioned")
    }

    /// A client of nobody.
    pub(crate) fn stranger(&self) -> Client {
        self.client.clone()
    }

    pub(crate) async fn send(
        &self,
        name: &str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Answer {
        let client = self.client.signed_in(name);
        client.send(method, path, body.to_string()).await
    }

    /// The new workspace's id.
    pub(crate) async fn create(&self, name: &str, title: &str) -> String {
        let body = json!({ "name": title });
        let answer = self
            .send(name, Method::POST, "/api/workspaces", &body)
            .await;
        assert_eq!(answer.status, 200, "{}", answer.message());
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    pub(crate) async fn list(&self, name: &str) -> Vec<Value> {
        let answer = self.client.signed_in(name).get("/api/workspaces").await;
        assert_eq!(answer.status, 200, "{}", answer.message());
        answer.json()["workspaces"]
            .as_array()
            .expect("a list")
            .clone()
    }

    /// What activating answers.
    /// Action, actor, target and workspace of every entry of the trail.
    pub(crate) async fn written(&self) -> Vec<[String; 4]> {
        let entries = self.state.audit_log().oldest(0, 100).await;
        let entries = entries.expect("listed").into_iter();
        let rows = entries.map(|entry| {
            let (target, place) = (entry.target, entry.workspace);
            let [target, place] = [target, place].map(Option::unwrap_or_default);
            [entry.action, entry.actor, target, place]
        });
        rows.collect()
    }

    pub(crate) async fn activate(&self, name: &str, id: &str) -> Answer {
        let body = json!({ "id": id });
        self.send(name, Method::POST, "/api/workspaces/active", &body)
            .await
    }
}

/// Status and text, for comparing.
pub(crate) fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.message())
}
