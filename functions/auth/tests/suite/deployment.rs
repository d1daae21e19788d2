//! A deployment of the function on a database file of its own, with a clock that only moves when
//! told and hashes that cost next to nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth::{Ports, router};
use http::Method;
use or3_domain::auth::password::HashCost;
use or3_domain::auth::{
    Accounts, AuthConfig, BasicAuthSessions, BootstrapAccount, ProvisioningFailure, Registration,
    Seal, SessionStore, Tokens,
};
use or3_domain::clock::Clock;
use or3_domain::ids::SystemIds;
use or3_domain::invite::InviteKey;
use or3_domain::limits::Policies;
use or3_http::{AccessToken, AuthCookies, HttpPolicy, RateLimits, Sessions};
use or3_settings::Database;
use or3_state::State;
use or3_testkit::{Answer, Client, FixedClock};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const ACCESS_SECRET: &str = "access secret";
pub(crate) const REFRESH_SECRET: &str = "refresh secret";
pub(crate) const INVITE_SECRET: &str = "invite secret";

/// The rows, the time, and what the deployment says of signing in.
pub(crate) struct Deployment {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) state: State,
    config: Arc<AuthConfig>,
    limits: Policies,
    folder: TempDir,
}

/// Somebody with a browser that keeps cookies by name.
pub(crate) struct Browser {
    client: Client,
    jar: Mutex<Vec<(String, String)>>,
}

pub(crate) fn standard() -> AuthConfig {
    let minutes = Duration::from_mins;
    AuthConfig {
        tokens: Tokens::new(
            (ACCESS_SECRET, minutes(15)),
            (REFRESH_SECRET, Duration::from_hours(720)),
        ),
        seal: Seal::new(REFRESH_SECRET),
        rotation_grace: Duration::from_secs(30),
        registration: Registration::Open,
        invites: Some(InviteKey::new(INVITE_SECRET)),
        invite_ttl: Duration::from_hours(24),
        provisioning_failure: ProvisioningFailure::Throw,
        bootstrap_email: None,
        blocked_words: Vec::new(),
        hash_cost: HashCost {
            memory_kib: 64,
            passes: 1,
        },
        hashes_at_once: 2,
    }
}

impl Deployment {
    pub(crate) async fn new() -> Self {
        Self::with(standard()).await
    }

    pub(crate) async fn with(config: AuthConfig) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(FixedClock::default());
        let migrated = State::migrate(&database(&folder), clock.now()).await;
        migrated.expect("a new database");
        Self {
            state: State::open(&database(&folder)).expect("a migrated database"),
            clock,
            config: Arc::new(config),
            limits: Policies::standard(),
            folder,
        }
    }

    /// The same deployment under other limits.
    pub(crate) fn limited(self, limits: Policies) -> Self {
        Self { limits, ..self }
    }

    /// The same database where nobody new may register any more.
    pub(crate) fn closed(&self) -> Self {
        self.changed(|config| config.registration = Registration::Disabled)
    }

    /// The same database under another configuration.
    pub(crate) fn changed(&self, change: impl FnOnce(&mut AuthConfig)) -> Self {
        let mut config = (*self.config).clone();
        change(&mut config);
        Self {
            config: Arc::new(config),
            ..self.process()
        }
    }

    /// The same deployment on a database that was never migrated.
    pub(crate) fn without_tables(&self) -> Self {
        let other = self.process();
        Self {
            state: State::open(&database(&other.folder)).expect("a path"),
            ..other
        }
    }

    /// Another process of the same deployment: the same file, nothing shared in memory.
    pub(crate) fn process(&self) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            state: State::open(&database(&self.folder)).expect("a migrated database"),
            clock: Arc::clone(&self.clock),
            config: Arc::clone(&self.config),
            limits: self.limits.clone(),
            folder,
        }
    }

    pub(crate) fn accounts(&self) -> Accounts {
        Accounts::new(
            Arc::clone(&self.config),
            self.state.accounts(),
            self.clock.clone(),
            Arc::new(SystemIds),
        )
    }

    /// Whether the account that exists from the start had to be created.
    pub(crate) async fn bootstrap(&self, email: &str, password: &str) -> bool {
        let account = BootstrapAccount::new(
            (email, password),
            self.config.hash_cost,
            self.state.accounts(),
            self.clock.clone(),
            Arc::new(SystemIds),
        );
        account.create().await.expect("created or there")
    }

    pub(crate) fn ports(&self) -> Ports {
        self.ports_over(self.state.sessions())
    }

    fn ports_over(&self, sessions: Arc<dyn SessionStore>) -> Ports {
        let sessions = BasicAuthSessions::new(
            Arc::clone(&self.config),
            self.state.accounts(),
            sessions,
            self.clock.clone(),
            Arc::new(SystemIds),
        );
        Ports {
            enabled: true,
            accounts: Some(self.accounts()),
            test_secret: None,
            audit: self.state.audit_log(),
            clock: self.clock.clone(),
            sessions: Sessions {
                resolver: Arc::new(sessions),
                cookies: AuthCookies {
                    access_ttl: Duration::from_mins(15),
                    refresh_ttl: Duration::from_hours(720),
                    secure: false,
                },
                access: AccessToken::OwnCookie,
            },
            limits: RateLimits {
                limiter: self.state.rate_limiter(),
                policies: self.limits.clone(),
                clock: self.clock.clone(),
            },
            policy: Arc::default(),
        }
    }

    pub(crate) fn browser(&self) -> Browser {
        self.browser_under(HttpPolicy::default())
    }

    pub(crate) fn browser_under(&self, policy: HttpPolicy) -> Browser {
        Browser::of(self.ports(), policy)
    }

    /// A browser of this deployment for which accounts and their tokens are there, and the people
    /// behind them are in `sessions`.
    pub(crate) fn browser_over(&self, sessions: Arc<dyn SessionStore>) -> Browser {
        Browser::of(self.ports_over(sessions), HttpPolicy::default())
    }

    /// A browser in which `email` has just registered.
    pub(crate) async fn registered(&self, email: &str) -> Browser {
        let browser = self.browser();
        let answer = browser.register(email).await;
        assert_eq!(answer.status, 200, "{}", answer.message());
        browser
    }
}

fn database(folder: &TempDir) -> Database {
    Database::file(folder.path().join("or3.db"), 2)
}

impl Browser {
    fn of(mut ports: Ports, policy: HttpPolicy) -> Self {
        ports.policy = Arc::new(policy.clone());
        Self {
            client: Client::with_policy(router(ports), policy),
            jar: Mutex::default(),
        }
    }

    /// The same person in a browser with these cookies.
    pub(crate) fn copy(&self) -> Self {
        Self {
            client: self.client.clone(),
            jar: Mutex::new(self.jar()),
        }
    }

    pub(crate) fn with_header(&self, name: &str, value: &str) -> Self {
        Self {
            client: self.client.with_header(name, value),
            jar: Mutex::new(self.jar()),
        }
    }

    pub(crate) fn with_cookie(&self, name: &str, value: &str) -> Self {
        let copy = self.copy();
        copy.keep(name, value);
        copy
    }

    pub(crate) fn cookie(&self, name: &str) -> String {
        let jar = self.jar();
        let found = jar.into_iter().find(|(present, _)| present == name);
        found.map(|(_, value)| value).unwrap_or_default()
    }

    fn jar(&self) -> Vec<(String, String)> {
        self.jar.lock().expect("no panic").clone()
    }

    fn keep(&self, name: &str, value: &str) {
        let mut jar = self.jar.lock().expect("no panic");
        jar.retain(|(present, _)| present != name);
        if !value.is_empty() {
            jar.push((name.to_owned(), value.to_owned()));
        }
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: String) -> Answer {
        let mut client = self.client.clone();
        for (name, value) in self.jar() {
            client = client.with_cookie(&name, &value);
        }
        let answer = client.send(method, path, body).await;
        for line in answer.set_cookies() {
            let pair = line.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            self.keep(name, value);
        }
        answer
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body.to_string()).await
    }

    pub(crate) async fn session(&self) -> Answer {
        self.send(Method::GET, "/api/auth/session", String::new())
            .await
    }

    /// Whether the session endpoint says that somebody is signed in.
    pub(crate) async fn is_signed_in(&self) -> bool {
        let answer = self.session().await;
        assert_eq!(answer.status, 200, "{}", answer.message());
        !answer.json()["session"].is_null()
    }

    pub(crate) async fn register(&self, email: &str) -> Answer {
        let password = "hunter2hunter2";
        let body = json!({"email": email, "password": password, "confirmPassword": password});
        self.post("/api/basic-auth/register", &body).await
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Answer {
        let body = json!({"email": email, "password": password});
        self.post("/api/basic-auth/sign-in", &body).await
    }

    pub(crate) async fn refresh(&self) -> Answer {
        self.post("/api/basic-auth/refresh", &Value::Null).await
    }

    pub(crate) async fn sign_out(&self) -> Answer {
        self.post("/api/basic-auth/sign-out", &Value::Null).await
    }

    pub(crate) async fn change_password(&self, current: &str, new: &str) -> Answer {
        let body =
            json!({"currentPassword": current, "newPassword": new, "confirmNewPassword": new});
        self.post("/api/basic-auth/change-password", &body).await
    }
}
