//! A workspace with an owner, an editor and a viewer, and somebody who has one of their own.

use std::sync::Arc;
use std::time::Duration;

use admin::{Ports, router};
use http::Method;
use or3_domain::access::Role;
use or3_domain::admin::{AdminAccount, AdminCredentials, AdminLogin, ConfigEntry, Provider};
use or3_domain::auth::password::HashCost;
use or3_domain::auth::{
    AuthConfig, FreshIds, Home, Identity, PROVIDER, PasswordHashing, ProvisioningFailure,
    Registration, Seal, Tokens,
};
use or3_domain::clock::Clock;
use or3_domain::ids::{SystemIds, UserId, WorkspaceId};
use or3_domain::invite::{InviteKey, Invites};
use or3_domain::limits::Policies;
use or3_domain::workspace::Person;
use or3_http::RateLimits;
use or3_settings::Database;
use or3_state::State;
use or3_testkit::{Answer, Client, FakeSessions, FixedClock, admins, session};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const INVITE_SECRET: &str = "invite secret";
pub(crate) const HOME: &str = "home of ada";
/// The super admin's name and first password.
pub(crate) const ROOT: &str = "root";
pub(crate) const ROOTS_PASSWORD: &str = "Correct Horse 1";

/// A secret that is set under another name.
const ENTRY: ConfigEntry = ConfigEntry {
    key: "OR3_A_SECRET",
    value: None,
    masked: false,
    source: "default",
    given_as: None,
    default: "900",
    description: "what it is for",
    group: "Auth",
    order: 1,
};

pub(crate) struct Office {
    pub(crate) state: State,
    pub(crate) clock: Arc<FixedClock>,
    sessions: Arc<FakeSessions>,
    pub(crate) ports: Ports,
    client: Client,
    _folder: TempDir,
}

/// The people: Ada owns the home of ada, where Eve edits and Vic views; Max has his own.
pub(crate) const PEOPLE: [&str; 4] = ["ada", "eve", "vic", "max"];

fn config(invites: Option<InviteKey>) -> AuthConfig {
    let hour = Duration::from_hours(1);
    AuthConfig {
        tokens: Tokens::new(("unused", hour), ("unused", hour)),
        seal: Seal::new("unused"),
        rotation_grace: hour,
        registration: Registration::InviteOnly,
        invites,
        invite_ttl: Duration::from_hours(24),
        provisioning_failure: ProvisioningFailure::Throw,
        bootstrap_email: None,
        blocked_words: Vec::new(),
        hash_cost: HashCost {
            memory_kib: 64,
            passes: 1,
        },
        hashes_at_once: 1,
    }
}

/// The super admin, whose credential is kept in `store`.
pub(crate) fn account_over(
    store: Arc<dyn AdminCredentials>,
    clock: Arc<FixedClock>,
) -> AdminAccount {
    let first = AdminLogin {
        username: ROOT.to_owned(),
        password: ROOTS_PASSWORD.to_owned(),
    };
    let tokens = admins(clock.clone()).tokens.expect("a super admin");
    let hashing = PasswordHashing::new(config(None).hash_cost, 1, Arc::new(SystemIds));
    AdminAccount::new(first, tokens, store, hashing, clock)
}

impl Office {
    pub(crate) async fn new() -> Self {
        Self::with_key(Some(InviteKey::new(INVITE_SECRET))).await
    }

    pub(crate) async fn with_key(key: Option<InviteKey>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::file(folder.path().join("or3.db"), 1);
        let clock = Arc::new(FixedClock::default());
        let migrated = State::migrate(&database, clock.now()).await;
        migrated.expect("a new database");
        let state = State::open(&database).expect("a migrated database");
        let sessions = Arc::new(FakeSessions::default());
        let ids = Arc::new(SystemIds);
        let admins = admins(clock.clone());
        let config = config(key);
        let ports = Ports {
            enabled: true,
            account: Some(account_over(state.admin_credentials(), clock.clone())),
            admins,
            directory: state.directory(),
            members: state.members(),
            invites: Invites::new(&config, state.invites(), clock.clone(), ids.clone()),
            gc_ledger: state.gc_ledger(),
            audit: state.audit_log(),
            providers: vec![Provider {
                kind: "sync",
                id: Some("sqlite"),
                details: vec![("driver", json!("libsql"))],
                probes: vec![state.probe()],
            }]
            .into(),
            config: vec![ENTRY].into(),
            sessions: sessions.extractor(),
            limits: RateLimits {
                limiter: state.rate_limiter(),
                policies: Policies::standard(),
                clock: clock.clone(),
            },
            policy: Arc::default(),
            clock: clock.clone(),
            ids,
        };
        let office = Self {
            client: Client::new(router(ports.clone())),
            ports,
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
            self.provision(name).await;
        }
        for (name, role) in [("eve", Role::Editor), ("vic", Role::Viewer)] {
            let (home, ada) = (WorkspaceId::new(HOME), UserId::new("ada"));
            let person = Person::parse(name, None);
            let members = self.state.members();
            let added = members
                .add(&home, &ada.into(), &person, role, self.clock.now())
                .await;
            added.expect("added");
            self.sessions.sign_in(name, session(name, HOME, role));
        }
    }

    /// Where somebody stands; the first time makes them a user of that id.
    pub(crate) async fn provision(&self, name: &str) -> Home {
        let identity = Identity {
            provider: PROVIDER,
            provider_user_id: format!("account of {name}"),
            email: Some(format!("{name}@example.test")),
            display_name: None,
        };
        let home = format!("home of {name}");
        let fresh = FreshIds {
            user: UserId::new(name),
            workspace: WorkspaceId::new(home.as_str()),
        };
        self.sessions
            .sign_in(name, session(name, &home, Role::Owner));
        let store = self.state.sessions();
        let home = store.provision(&identity, &fresh, self.clock.now()).await;
        home.expect("provisioned")
    }

    /// The role of somebody in Ada's workspace.
    pub(crate) async fn role(&self, name: &str) -> Option<Role> {
        let workspaces = self.state.workspaces();
        let list = workspaces.list(&UserId::new(name)).await.expect("listed");
        let found = list.into_iter().find(|listing| listing.id.as_str() == HOME);
        found.map(|listing| listing.role)
    }

    /// No ordinary session can be made for whoever comes with `token`.
    pub(crate) fn turn_away(&self, token: &str) {
        self.sessions.turn_away(token);
    }

    /// Makes somebody an administrator of the deployment.
    pub(crate) fn grant(&self, name: &str) {
        let mut session = session(name, HOME, Role::Viewer);
        session.deployment_admin = true;
        self.sessions.sign_in(name, session);
    }

    /// A client without headers or cookies.
    pub(crate) fn stranger(&self) -> Client {
        self.client.clone()
    }

    /// The page of the super admin, who has signed in.
    pub(crate) fn root(&self) -> Client {
        self.client
            .as_super_admin(ROOT, &*self.clock)
            .with_header("origin", "http://or3.test")
            .with_header("x-or3-admin-intent", "admin")
    }

    /// The page of somebody who is signed in, as browsers send from it.
    pub(crate) fn page(&self, name: &str) -> Client {
        self.client
            .signed_in(name)
            .with_header("origin", "http://or3.test")
            .with_header("x-or3-admin-intent", "admin")
    }

    /// What a mutation of Ada's workspace answers somebody.
    pub(crate) async fn post(&self, name: &str, path: &str, body: &Value) -> Answer {
        let path = format!("/api/admin/workspace/{path}");
        self.page(name).post(&path, body).await
    }

    pub(crate) async fn get(&self, name: &str, path: &str) -> Answer {
        let path = format!("/api/admin/workspace/{path}");
        self.page(name)
            .send(Method::GET, &path, String::new())
            .await
    }
}

/// Status and text, for comparing.
pub(crate) fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.message())
}
