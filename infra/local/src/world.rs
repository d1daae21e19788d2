//! The ports of every function, built once, and the routers over them.

use std::sync::Arc;

use axum::Router;
use health::Part;
use or3_domain::auth::Accounts;
use or3_domain::clock::{Clock, SystemClock, Timestamp};
use or3_domain::ids::{Ids, SystemIds};
use or3_http::{HttpPolicy, RateLimits, Sessions};
use or3_runtime::{StartError, wire};
use or3_settings::{
    Auth, AuthProvider, Database, Environment, Features, Http, Limits, Problems, Storage,
    StorageProvider, SyncProvider,
};
use or3_state::State;

/// Everything that the functions stand on.
pub(crate) struct World {
    settings: Settings,
    state: State,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    started: Timestamp,
}

/// The sections that the functions read.
pub(crate) struct Settings {
    features: Features,
    database: Database,
    auth: Auth,
    http: Http,
    limits: Limits,
}

impl World {
    /// Reads every section that a function of this stack reads.
    pub(crate) fn settings(environment: &Environment) -> Result<Settings, Problems> {
        let ((features, database), (auth, _, http, limits)) =
            environment.load::<((Features, Database), (Auth, Storage, Http, Limits))>()?;
        Ok(Settings {
            features,
            database,
            auth,
            http,
            limits,
        })
    }

    /// Opens the providers.
    pub(crate) fn build(environment: &Environment) -> Result<Self, StartError> {
        let settings = Self::settings(environment)?;
        let state = State::open(&settings.database).map_err(StartError::surroundings)?;
        let clock = Arc::new(SystemClock);
        Ok(Self {
            settings,
            state,
            started: clock.now(),
            clock,
            ids: Arc::new(SystemIds),
        })
    }

    /// Creates the account that exists from the start, if the settings name one and it is not
    /// there yet.
    pub(crate) async fn bootstrap(&self) -> Result<(), StartError> {
        let settings = &self.settings;
        let (Some(_), Some(account)) = (settings.features.auth, &settings.auth.bootstrap) else {
            return Ok(());
        };
        let created = self
            .accounts()
            .bootstrap(&account.email, account.password.expose())
            .await
            .map_err(StartError::surroundings)?;
        if created {
            tracing::info!("the bootstrap account was created");
        }
        Ok(())
    }

    /// Where rows live, for closing it at the end.
    pub(crate) fn state(&self) -> State {
        self.state.clone()
    }

    /// Every function's routes.
    pub(crate) fn router(&self) -> Router {
        Router::new()
            .merge(auth::router(self.auth()))
            .merge(gc::router(self.gc()))
            .merge(health::router(self.health()))
            .merge(sync::router(self.sync()))
            .merge(workspaces::router(self.workspaces()))
    }

    fn auth(&self) -> auth::Ports {
        auth::Ports {
            enabled: self.settings.features.auth.is_some(),
            accounts: self.accounts(),
            sessions: self.sessions(),
            limits: self.limits(),
            policy: self.policy(),
        }
    }

    fn workspaces(&self) -> workspaces::Ports {
        workspaces::Ports {
            enabled: self.settings.features.auth.is_some(),
            workspaces: self.state.workspaces(),
            sessions: self.sessions(),
            policy: self.policy(),
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
        }
    }

    fn sync(&self) -> sync::Ports {
        sync::Ports {
            store: self.state.sync_store(),
            sessions: self.sessions(),
            limits: self.limits(),
            policy: self.policy(),
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
            enabled: self.settings.features.sync.is_some(),
        }
    }

    fn gc(&self) -> gc::Ports {
        gc::Ports {
            history: self.state.sync_history(),
            sessions: self.sessions(),
            limits: self.limits(),
            policy: self.policy(),
            clock: Arc::clone(&self.clock),
            sync_enabled: self.settings.features.sync.is_some(),
        }
    }

    fn accounts(&self) -> Accounts {
        Accounts::new(
            Arc::new(wire::auth_config(&self.settings.auth)),
            self.state.accounts(),
            Arc::clone(&self.clock),
            Arc::clone(&self.ids),
        )
    }

    /// Who calls, for every function that asks.
    fn sessions(&self) -> Sessions {
        wire::sessions(
            &self.settings.auth,
            self.state.accounts(),
            self.state.sessions(),
            Arc::clone(&self.clock),
            Arc::clone(&self.ids),
        )
    }

    fn limits(&self) -> RateLimits {
        RateLimits {
            limiter: self.state.rate_limiter(),
            policies: wire::policies(&self.settings.limits),
            clock: Arc::clone(&self.clock),
        }
    }

    fn policy(&self) -> Arc<HttpPolicy> {
        Arc::new(wire::http_policy(&self.settings.http))
    }

    fn health(&self) -> health::Ports {
        let part = |kind, provider| Part {
            kind,
            provider,
            probe: self.state.probe(),
        };
        let features = &self.settings.features;
        health::Ports {
            parts: [
                part("sync", features.sync.map(SyncProvider::id)),
                part("storage", features.storage.map(StorageProvider::id)),
                part("auth", features.auth.map(AuthProvider::id)),
            ],
            clock: Arc::clone(&self.clock),
            started: self.started,
        }
    }
}
