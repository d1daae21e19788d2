//! How a local database is opened, and what that rests on.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use or3_domain::store::StoreError;
use or3_settings::Place;

use super::connection::Durability;
use super::lease::{self, Lease};
use super::safety;
use super::volume::{FileSystem, Statfs, folder_of};
use crate::database::Surroundings;

/// How a local database is opened. Clones share the process's right to write it.
#[derive(Clone, Debug)]
pub(crate) struct LocalOptions {
    /// The file.
    pub(crate) path: PathBuf,
    /// What a commit promises.
    pub(crate) durability: Durability,
    /// The `user_version` that this build works with; others are refused at the first use.
    /// `None` takes any: for migrating.
    pub(crate) schema: Option<i64>,
    /// How many reader threads there may be.
    pub(crate) readers: usize,
    /// Where this process runs.
    pub(crate) place: Place,
    /// The most bytes that the file may have.
    pub(crate) max_bytes: Option<u64>,
    /// Says what volumes are.
    pub(crate) statfs: Statfs,
    /// How this process stands to the file.
    pub(crate) standing: Arc<Standing>,
}

/// What the connections of one process to one file share.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    /// The right to write, once it was taken.
    lease: Mutex<Option<Lease>>,
    /// Whether the log says what the rows stand on.
    reported: AtomicBool,
}

impl LocalOptions {
    /// A database at `path` that any schema may have, for a process on a person's own machine.
    pub(crate) fn new(path: PathBuf, durability: Durability) -> Self {
        Self {
            path,
            durability,
            schema: None,
            readers: 1,
            place: Place::default(),
            max_bytes: None,
            statfs: FileSystem::of,
            standing: Arc::default(),
        }
    }

    /// Takes the right to write for this process, unless it has it. Rate limits need none: what they lose is counted again.
    pub(super) fn may_write(&self, volume: FileSystem) -> Result<(), StoreError> {
        let mut held = self.lease();
        if self.durability == Durability::Process || held.is_some() {
            return Ok(());
        }
        match Lease::take(&self.path) {
            Ok(lease) => {
                safety::writer(&self.path, volume, self.place, lease.is_first())
                    .map_err(StoreError::Unavailable)?;
                *held = Some(lease);
            }
            Err(error) if self.place.lambda && volume.is_network() => {
                return Err(StoreError::Unavailable(format!(
                    "no lease to write: {error}"
                )));
            }
            Err(error) => tracing::warn!(%error, "the processes that write cannot be counted"),
        }
        Ok(())
    }

    /// Says once a process, when it begins to write, what its rows stand on.
    pub(super) fn report(&self, journal: &str, synchronous: &str) -> Result<(), StoreError> {
        if self.standing.reported.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let Surroundings {
            file_system,
            is_network,
            writers,
            may_write: lease,
        } = self.surroundings()?;
        macro_rules! say {
            ($level:ident) => {
                tracing::$level!(file_system, journal, synchronous, writers, lease, "storage")
            };
        }
        if is_network {
            say!(warn);
        } else {
            say!(info);
        }
        Ok(())
    }

    /// What the operating system knows of the file.
    pub(super) fn surroundings(&self) -> Result<Surroundings, StoreError> {
        let volume = (self.statfs)(folder_of(&self.path))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Surroundings {
            file_system: volume.name(),
            is_network: volume.is_network(),
            writers: lease::held(&self.path).ok(),
            may_write: self.lease().is_some(),
        })
    }

    /// Gives the right to write back.
    pub(super) fn let_go(&self) {
        *self.lease() = None;
    }

    fn lease(&self) -> MutexGuard<'_, Option<Lease>> {
        let lease = self.standing.lease.lock();
        lease.unwrap_or_else(PoisonError::into_inner)
    }
}
