//! Rate limits, cooldowns and leases on a DynamoDB table: `OR3_LIMITS_PROVIDER=dynamodb`.
//!
//! Every change is a conditional update of one item, so that many processes at once are no matter:
//!
//! ```text
//! pk                          sk                  holds
//! rate#<policy>#<subject>     -                   hits: the counted requests of one window
//! gc                          leases              who collects what, and how far it came
//! gc#runs                     <moment>#<run id>   the record of one collection
//! ```
//!
//! `expires_at` is the table's TTL attribute; nothing depends on when DynamoDB acts on it. Its
//! protocol is spoken without its SDK (docs/adr/0009): signed requests with a body in JSON.

mod answer;
mod hits;
mod key;
mod ledger;
mod limiter;
mod probe;
mod table;

use std::sync::Arc;
use std::time::Duration;

use or3_domain::gc::GcLedger;
use or3_domain::health::Probe;
use or3_domain::ids::SystemIds;
use or3_domain::limits::RateLimiter;
use or3_settings::DynamoDb;

use ledger::DynamoDbGcLedger;
use limiter::DynamoDbRateLimiter;
use probe::DynamoDbProbe;
pub use table::InvalidSettings;
use table::Table;

/// The port that counts requests, over the table of `settings`, without a request to it.
///
/// # Errors
///
/// [`InvalidSettings`] when requests could never be signed.
pub fn rate_limiter(settings: &DynamoDb) -> Result<Arc<dyn RateLimiter>, InvalidSettings> {
    let (table, ids) = (Table::new(settings)?, Arc::new(SystemIds));
    Ok(Arc::new(DynamoDbRateLimiter { table, ids }))
}

/// The leases and records of collections; a record is kept for `kept` after its beginning.
///
/// # Errors
///
/// Those of [`rate_limiter`].
pub fn gc_ledger(
    settings: &DynamoDb,
    kept: Duration,
) -> Result<Arc<dyn GcLedger>, InvalidSettings> {
    let (table, ids) = (Table::new(settings)?, Arc::new(SystemIds));
    Ok(Arc::new(DynamoDbGcLedger { table, ids, kept }))
}

/// Asks whether the table can be used.
///
/// # Errors
///
/// Those of [`rate_limiter`].
pub fn probe(settings: &DynamoDb) -> Result<Arc<dyn Probe>, InvalidSettings> {
    let table = Table::new(settings)?;
    Ok(Arc::new(DynamoDbProbe { table }))
}
