//! Who counts requests and keeps leases: the database, or the table that the settings choose.

use std::fmt::Display;
use std::sync::Arc;

use or3_domain::clock::Clock;
use or3_domain::gc::GcLedger;
use or3_domain::limits::{Policies, RateLimiter};
use or3_http::RateLimits;
use or3_settings::{DynamoDb, Limits};

use crate::start::StartError;

/// The rate limits of this deployment: `State::rate_limiter()`, or what `table`
/// (`or3_dynamodb::rate_limiter`) makes of the settings that choose it.
///
/// # Errors
///
/// Those of `table`.
pub fn rate_limits<E: Display>(
    settings: &Limits,
    database: Arc<dyn RateLimiter>,
    table: impl FnOnce(&DynamoDb) -> Result<Arc<dyn RateLimiter>, E>,
    clock: Arc<dyn Clock>,
) -> Result<RateLimits, StartError> {
    Ok(RateLimits {
        limiter: chosen(settings, database, table)?,
        policies: policies(settings),
        clock,
    })
}

/// The leases and records of collections: `State::gc_ledger()`, or what `table`
/// (`or3_dynamodb::gc_ledger`) makes of the settings that choose it.
///
/// # Errors
///
/// Those of `table`.
pub fn gc_ledger<E: Display>(
    settings: &Limits,
    database: Arc<dyn GcLedger>,
    table: impl FnOnce(&DynamoDb) -> Result<Arc<dyn GcLedger>, E>,
) -> Result<Arc<dyn GcLedger>, StartError> {
    chosen(settings, database, table)
}

fn chosen<P: ?Sized, E: Display>(
    settings: &Limits,
    database: Arc<P>,
    table: impl FnOnce(&DynamoDb) -> Result<Arc<P>, E>,
) -> Result<Arc<P>, StartError> {
    match &settings.dynamodb {
        Some(settings) => table(settings).map_err(StartError::surroundings),
        None => Ok(database),
    }
}

fn policies(settings: &Limits) -> Policies {
    if settings.disabled {
        return Policies::disabled();
    }
    settings
        .overrides
        .iter()
        .fold(Policies::standard(), |policies, (name, change)| {
            policies.with(name, change.max_requests, change.window)
        })
}
