//! Brings the schema to the version that this build expects, prepares the volume of files, and
//! creates the account that exists from the start. Invoked at deploy, before traffic moves to the new functions; no route leads
//! here. What the event says does not matter, and invoking it again changes nothing.

use std::sync::Arc;

use or3_domain::auth::{AuthError, BootstrapAccount};
use or3_domain::schema::{SchemaError, SchemaStore};
use or3_domain::storage::BlobRoot;
use or3_domain::store::StoreError;
use serde::Serialize;

/// The routes of this function: none.
pub const ROUTES: &[(&str, &str)] = &[];

/// What this function needs.
#[derive(Clone)]
pub struct Ports {
    /// The schema of this deployment.
    pub schema: Arc<dyn SchemaStore>,
    /// The volume of files, where they are kept on one.
    pub volume: Option<Arc<dyn BlobRoot>>,
    /// The account that exists from the start, where there is to be one.
    pub bootstrap: Option<BootstrapAccount>,
}

/// What an invocation answers.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Migrated {
    /// How many migrations were missing and are now applied.
    pub applied: usize,
    /// Whether the account that exists from the start was missing and is now there.
    pub account_created: bool,
}

/// Why an invocation failed; its text is what the deployment that waits for it shows.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The schema is not that of this build.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The schema is, but the volume cannot be used.
    #[error("the volume of files could not be prepared: {0}")]
    Volume(#[from] StoreError),
    /// Everything is, but the account could not be created.
    #[error("the account that exists from the start could not be created: {0}")]
    Account(#[from] AuthError),
}

/// Applies what is missing, prepares the volume, then creates the account if it is missing.
///
/// # Errors
///
/// Those of [`SchemaStore::migrate`], [`BlobRoot::prepare`] and [`BootstrapAccount::create`]; the invocation fails with
/// their text, and so does the deployment that waits for it. It may be repeated.
pub async fn handle(ports: &Ports) -> Result<Migrated, MigrateError> {
    let applied = ports.schema.migrate().await?;
    if let Some(volume) = &ports.volume {
        volume.prepare().await?;
    }
    let account_created = match &ports.bootstrap {
        Some(account) => account.create().await?,
        None => false,
    };
    Ok(Migrated {
        applied,
        account_created,
    })
}
