//! The port behind which collections know of each other.

use async_trait::async_trait;

use super::{Kind, Run};
use crate::clock::Timestamp;
use crate::store::StoreError;

/// A kind that a run has to itself until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The kind.
    pub kind: Kind,
    /// Where the run before stopped; `None` begins a pass.
    pub position: Option<String>,
}

/// Keeps leases, positions and the record of every run. Each async method is one transaction and
/// one round trip.
#[async_trait]
pub trait GcLedger: Send + Sync {
    /// Writes `run` down and gives it the lease of each of `kinds` that is free at `now`, until
    /// `lease_until`. A lease that is over is free, and its position goes on. Unfinished runs that
    /// were not heard of since `died_before` are written down as dead.
    async fn begin(
        &self,
        run: &Run,
        kinds: &[Kind],
        lease_until: Timestamp,
        died_before: Timestamp,
    ) -> Result<Vec<Begun>, StoreError>;

    /// Keeps how far `run` has come, and where the next piece of each kind begins; extends its
    /// leases. Says which of the kinds it still holds: another run may have taken over a lease
    /// that was over.
    async fn keep(
        &self,
        run: &Run,
        positions: &[(Kind, Option<String>)],
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Vec<Kind>, StoreError>;

    /// Writes down how and when `run` ended and gives its leases back; positions stay as given.
    async fn finish(
        &self,
        run: &Run,
        positions: &[(Kind, Option<String>)],
    ) -> Result<(), StoreError>;

    /// The newest `limit` runs that began before `before` (all, without), the newest first; of
    /// those that began in the same moment, behind the id that `before` names.
    async fn list(
        &self,
        before: Option<(Timestamp, &str)>,
        limit: u32,
    ) -> Result<Vec<Run>, StoreError>;

    /// How many writes this process has sent to the database, whoever sent them: by that a
    /// collection that rests sees whether others write. A store that leaves others no time to wait
    /// in, because it is elsewhere, may always say 0.
    fn writes(&self) -> u64;
}
