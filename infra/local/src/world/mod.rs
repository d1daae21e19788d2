//! Everything that the functions stand on, opened once, and their routers over it.

mod place;
mod ports;
mod shelf;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use or3_blobs::FsPartials;
use or3_domain::admin::ConfigEntry;
use or3_domain::auth::Accounts;
use or3_domain::clock::{Clock, Timestamp};
use or3_domain::gc::{Collection, GcLedger, PartialCollector, history_collectors};
use or3_domain::health::Probe;
use or3_domain::ids::{Ids, SystemIds};
use or3_domain::sync::News;
use or3_http::{Admins, HttpPolicy, RateLimits, Sessions};
use or3_runtime::{StartError, wire};
use or3_settings::{
    Admin, AdminGate, Auth, AuthProvider, Database, Environment, Features, Gc, Http, Limits,
    Problems, Storage, StorageProvider, Stream, TestMode,
};
use or3_state::{KeptAfter, State};

use crate::faults::Cloud;
use shelf::Shelf;

/// Everything that the functions stand on.
pub(crate) struct World {
    settings: Settings,
    /// The settings as administrators see them.
    config: Arc<[ConfigEntry]>,
    state: State,
    news: News,
    shelf: Shelf,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    sessions: Sessions,
    limits: RateLimits,
    ledger: Arc<dyn GcLedger>,
    /// Asks who counts requests, where that is not the database.
    limits_probe: Option<Arc<dyn Probe>>,
    started: Timestamp,
}

/// The sections that the functions read.
pub(crate) struct Settings {
    features: Features,
    database: Database,
    auth: Auth,
    storage: Storage,
    http: Http,
    limits: Limits,
    stream: Stream,
    gc: Gc,
    admin: Admin,
    gate: AdminGate,
    tests: TestMode,
}

impl World {
    /// Reads every section that a function of this stack reads.
    pub(crate) fn settings(environment: &Environment) -> Result<Settings, Problems> {
        let ((features, database, stream), (auth, storage, http, limits), (gc, admin, gate, tests)) =
            environment.load::<(
                (Features, Database, Stream),
                (Auth, Storage, Http, Limits),
                (Gc, Admin, AdminGate, TestMode),
            )>()?;
        Ok(Settings {
            features,
            database,
            auth,
            storage,
            http,
            limits,
            stream,
            gc,
            admin,
            gate,
            tests,
        })
    }

    /// Opens the providers.
    pub(crate) fn build(environment: &Environment, cloud: &Cloud) -> Result<Self, StartError> {
        let mut settings = Self::settings(environment)?;
        let disk = cloud.disk();
        settings.database.max_bytes = disk.as_ref().map(|disk| disk.bytes());
        let state = State::open(&settings.database).map_err(StartError::surroundings)?;
        let clock = cloud.clock();
        let ids: Arc<dyn Ids> = Arc::new(SystemIds);
        let sessions = wire::sessions(
            &settings.auth,
            or3_oidc::key_source,
            state.accounts(),
            state.sessions(),
            Arc::clone(&clock),
            Arc::clone(&ids),
        );
        let limits = wire::rate_limits(
            &settings.limits,
            state.rate_limiter(),
            or3_dynamodb::rate_limiter,
            Arc::clone(&clock),
        )?;
        let ledger = wire::gc_ledger(&settings.limits, state.gc_ledger(), |table| {
            or3_dynamodb::gc_ledger(table, settings.gc.run_retention)
        })?;
        let probe = settings.limits.dynamodb.as_ref().map(or3_dynamodb::probe);
        Ok(Self {
            shelf: Shelf::of(&settings.storage, &clock, &ids, disk)?,
            config: wire::config_entries(environment).into(),
            settings,
            state,
            news: News::default(),
            started: clock.now(),
            clock,
            ids,
            sessions,
            limits,
            ledger,
            limits_probe: probe.transpose().map_err(StartError::surroundings)?,
        })
    }

    /// Makes the folder of blobs what the fs provider expects of it.
    pub(crate) async fn create_blobs(&self) -> Result<(), StartError> {
        if self.settings.features.storage != Some(StorageProvider::Fs) {
            return Ok(());
        }
        let created = self.shelf.volume.create().await;
        created.map_err(|error| {
            StartError::surroundings(format!(
                "OR3_STORAGE_FS_ROOT: {error}: choose a folder that this process may write"
            ))
        })
    }

    /// Creates the account that exists from the start, if the settings name one and it is not
    /// there yet.
    pub(crate) async fn bootstrap(&self) -> Result<(), StartError> {
        let account = wire::bootstrap_account(
            &self.settings.features,
            &self.settings.auth.passwords,
            self.state.accounts(),
            Arc::clone(&self.clock),
            Arc::clone(&self.ids),
        );
        let Some(account) = account else {
            return Ok(());
        };
        if account.create().await.map_err(StartError::surroundings)? {
            tracing::info!("the bootstrap account was created");
        }
        Ok(())
    }

    /// Where rows live, for closing it at the end.
    pub(crate) fn state(&self) -> State {
        self.state.clone()
    }

    /// Where open streams hear of new versions, for ending them at the end.
    pub(crate) fn news(&self) -> News {
        self.news.clone()
    }

    /// Whatever is collected, for the timer and for requests.
    pub(crate) fn collection(&self) -> Collection {
        let kept = KeptAfter {
            invites: self.settings.gc.invite_retention,
            runs: self.settings.gc.run_retention,
            audit: self.settings.gc.audit_retention,
        };
        let mut collectors = self.state.row_collectors(kept);
        collectors.extend(history_collectors(
            &self.state.sync_history(),
            wire::history_kept(&self.settings.gc),
        ));
        if self.settings.features.storage == Some(StorageProvider::Fs) {
            let uploads = Arc::new(FsPartials::new(&self.shelf.volume));
            collectors.push(Arc::new(PartialCollector::new(uploads)));
        }
        if self.settings.features.storage.is_some() {
            collectors.extend(self.blob_gc().collectors(Arc::clone(&self.clock)));
        }
        Collection::new(
            collectors,
            Arc::clone(&self.ledger),
            Arc::clone(&self.clock),
            Arc::clone(&self.ids),
        )
        .taking_stock(self.state.stock(), self.settings.gc.device_expiry)
    }

    /// How often the timer collects.
    pub(crate) fn collect_every(&self) -> Option<Duration> {
        self.settings.gc.interval
    }

    /// Every function's routes.
    pub(crate) fn router(&self) -> Router {
        Router::new()
            .merge(admin::router(self.admin()))
            .merge(auth::router(self.auth()))
            .merge(blobs::router(self.blobs()))
            .merge(gc::router(self.gc()))
            .merge(health::router(self.health()))
            .merge(pages::router(&self.pages()))
            .merge(presign::router(self.presign()))
            .merge(stream::router(self.stream()))
            .merge(sync::router(self.sync()))
            .merge(uploads::router(self.uploads()))
            .merge(workspaces::router(self.workspaces()))
    }

    /// Password accounts, where identities are proved by passwords.
    fn accounts(&self) -> Option<Accounts> {
        let passwords = self.settings.features.auth == Some(AuthProvider::BasicAuth);
        passwords.then(|| {
            Accounts::new(
                Arc::new(wire::auth_config(&self.settings.auth)),
                self.state.accounts(),
                Arc::clone(&self.clock),
                Arc::clone(&self.ids),
            )
        })
    }

    /// Who calls, for every function that asks: they share what is known of the identity
    /// provider's keys.
    fn sessions(&self) -> Sessions {
        self.sessions.clone()
    }

    /// How the super admin is known.
    fn admins(&self) -> Admins {
        wire::admins(&self.settings.gate, Arc::clone(&self.clock))
    }

    fn limits(&self) -> RateLimits {
        self.limits.clone()
    }

    fn policy(&self) -> Arc<HttpPolicy> {
        Arc::new(self.http_policy())
    }

    /// How the layers around all routes treat requests.
    pub(crate) fn http_policy(&self) -> HttpPolicy {
        wire::http_policy(&self.settings.http)
    }
}
