//! The port that brings the databases to this build's schema.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::clock::Clock;
use or3_domain::schema::{SchemaError, SchemaStore};

use crate::open::State;

/// The migrations of this build over the databases that the settings name.
struct LibsqlSchemaStore {
    settings: or3_settings::Database,
    clock: Arc<dyn Clock>,
}

impl State {
    /// The port that migrates; it stands apart from [`State::open`], which refuses databases
    /// that are not migrated.
    pub fn schema(settings: or3_settings::Database, clock: Arc<dyn Clock>) -> Arc<dyn SchemaStore> {
        Arc::new(LibsqlSchemaStore { settings, clock })
    }
}

#[async_trait]
impl SchemaStore for LibsqlSchemaStore {
    async fn migrate(&self) -> Result<usize, SchemaError> {
        State::migrate(&self.settings, self.clock.now())
            .await
            .map_err(|error| SchemaError(error.to_string()))
    }
}
