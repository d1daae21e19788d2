//! The ports of every function, built once, and the routers over them.

use std::sync::Arc;

use axum::Router;
use health::Part;
use or3_domain::clock::{Clock, SystemClock, Timestamp};
use or3_runtime::StartError;
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
    started: Timestamp,
}

/// The sections that the functions read.
pub(crate) struct Settings {
    features: Features,
    database: Database,
}

impl World {
    /// Reads every section that a function of this stack reads.
    pub(crate) fn settings(environment: &Environment) -> Result<Settings, Problems> {
        let ((features, database), _) =
            environment.load::<((Features, Database), (Auth, Storage, Http, Limits))>()?;
        Ok(Settings { features, database })
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
        })
    }

    /// Every function's routes.
    pub(crate) fn router(&self) -> Router {
        Router::new().merge(health::router(self.health()))
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
