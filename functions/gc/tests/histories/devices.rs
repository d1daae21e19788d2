//! Devices that report what they have.

use or3_domain::clock::Clock;
use or3_domain::sync::CursorReport;

use crate::case::Case;
use crate::collections::HISTORY;

impl Case {
    /// A device reports what it has: at least the floor, for below it had to take a snapshot.
    pub(crate) async fn report(&mut self) {
        let device = self.rng.u8(0..3);
        let head = i64::try_from(self.log.head()).expect("few");
        let known = self.devices.get(&device).map_or(0, |(version, _)| *version);
        let least = known.max(self.floor().await);
        let version = self.rng.i64(least..=head);
        let now = self.clock.now();
        let report = CursorReport {
            workspace: self.workspace.clone(),
            user: self.user.clone(),
            device_id: format!("d{device}"),
            version,
        };
        let reported = self
            .lab
            .state
            .sync_store()
            .update_cursor(&report, now)
            .await;
        reported.expect("reported");
        self.devices.insert(device, (version, now));
    }

    /// No device that was seen lately has less than the floor.
    pub(crate) async fn no_device_is_left_behind(&mut self) {
        let floor = self.floor().await;
        let seen = self.clock.now().minus(HISTORY.device_expiry);
        for (version, at) in self.devices.values() {
            assert!(
                *at < seen || *version >= floor,
                "a device at {version}, the floor at {floor}"
            );
        }
    }
}
