//! How much there is: what only the store knows, counted once a collection and never for whoever
//! looks at metrics.

use async_trait::async_trait;

use super::Gauge;
use crate::clock::Timestamp;
use crate::store::StoreError;

/// What a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Workspaces that were ever written to.
    pub workspaces: u64,
    /// Versions of all change logs that a pull could still be answered from.
    pub change_log_versions: u64,
    /// How many versions the device that is furthest behind has not seen, of those that still hold
    /// history back.
    pub device_lag_versions: u64,
    /// How long the device that was silent longest has been so, of those that have not seen
    /// everything, in seconds.
    pub device_lag_seconds: u64,
    /// Devices that still hold history back.
    pub devices: u64,
    /// What files weigh, in bytes, as quotas count it.
    pub stored_bytes: u64,
}

/// The port behind which the store counts what it holds.
#[async_trait]
pub trait Stock: Send + Sync {
    /// Counts, in one round trip and from rows that are kept as sums: one a workspace and one a
    /// device, never one a change or a file. Devices count that were seen since `seen_since`.
    async fn count(&self, now: Timestamp, seen_since: Timestamp) -> Result<Figures, StoreError>;
}

/// What was found last.
#[derive(Debug, Default)]
pub struct StockTaking {
    /// When it was counted, in seconds since the epoch; 0 before the first time.
    pub counted_at_seconds: Gauge,
    /// [`Figures::workspaces`].
    pub workspaces: Gauge,
    /// [`Figures::change_log_versions`].
    pub change_log_versions: Gauge,
    /// [`Figures::device_lag_versions`].
    pub device_lag_versions: Gauge,
    /// [`Figures::device_lag_seconds`].
    pub device_lag_seconds: Gauge,
    /// [`Figures::devices`].
    pub devices: Gauge,
    /// [`Figures::stored_bytes`].
    pub stored_bytes: Gauge,
}

impl StockTaking {
    pub(super) const fn new() -> Self {
        Self {
            counted_at_seconds: Gauge::new(),
            workspaces: Gauge::new(),
            change_log_versions: Gauge::new(),
            device_lag_versions: Gauge::new(),
            device_lag_seconds: Gauge::new(),
            devices: Gauge::new(),
            stored_bytes: Gauge::new(),
        }
    }

    /// Keeps what was found at `now`.
    pub fn keep(&self, found: &Figures, now: Timestamp) {
        let set = |gauge: &Gauge, number: u64| gauge.set(i64::try_from(number).unwrap_or(i64::MAX));
        set(&self.workspaces, found.workspaces);
        set(&self.change_log_versions, found.change_log_versions);
        set(&self.device_lag_versions, found.device_lag_versions);
        set(&self.device_lag_seconds, found.device_lag_seconds);
        set(&self.devices, found.devices);
        set(&self.stored_bytes, found.stored_bytes);
        self.counted_at_seconds.set(now.seconds());
    }
}
