//! Brings the schema to the version that this build expects. Invoked at deploy, before traffic
//! moves to the new functions; no route leads here. What the event says does not matter, and
//! invoking it again changes nothing.

use std::sync::Arc;

use or3_domain::schema::{SchemaError, SchemaStore};
use serde::Serialize;

/// The routes of this function: none.
pub const ROUTES: &[(&str, &str)] = &[];

/// What this function needs.
#[derive(Clone)]
pub struct Ports {
    /// The schema of this deployment.
    pub schema: Arc<dyn SchemaStore>,
}

/// What an invocation answers.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Migrated {
    /// How many migrations were missing and are now applied.
    pub applied: usize,
}

/// Applies what is missing.
///
/// # Errors
///
/// Those of [`SchemaStore::migrate`]; the invocation fails with their text, and so does the
/// deployment that waits for it.
pub async fn handle(ports: &Ports) -> Result<Migrated, SchemaError> {
    let applied = ports.schema.migrate().await?;
    Ok(Migrated { applied })
}
