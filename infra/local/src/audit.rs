//! `or3-local verify-audit`: whether the audit trail of a database holds.

use or3_domain::audit::{Looked, verify};
use or3_runtime::StartError;
use or3_settings::{Database, Environment};
use or3_state::State;

/// Looks at the whole trail of the database that the settings name. Nothing is changed: entries that
/// are not sealed yet are not looked at.
///
/// # Errors
///
/// When the database cannot be read. A break is no error.
pub async fn verify_audit(environment: &Environment) -> Result<Looked, StartError> {
    let database = environment.load::<Database>()?;
    let state = State::open(&database).map_err(StartError::surroundings)?;
    let looked = verify(&*state.audit_log(), None, || true).await;
    looked.map_err(StartError::surroundings)
}
