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

    /// The floor is below everything that its rules keep.
    pub(crate) async fn the_floor_is_low_enough(&self) {
        let floor = self.floor().await;
        self.no_device_is_left_behind(floor);
        self.nothing_young_is_forgotten(floor);
    }

    /// No device that was seen lately has less than the floor.
    fn no_device_is_left_behind(&self, floor: i64) {
        let seen = self.clock.now().minus(HISTORY.device_expiry);
        for (version, at) in self.devices.values() {
            assert!(
                *at < seen || *version >= floor,
                "a device at {version}, the floor at {floor}"
            );
        }
    }

    /// No change is below the floor whose window is not over.
    fn nothing_young_is_forgotten(&self, floor: i64) {
        let from = self.clock.now().minus(HISTORY.retention);
        let young = self.log.0.iter().position(|(_, at)| *at >= from);
        let first = young.map(|index| index + 1);
        assert!(
            first.is_none_or(|version| i64::try_from(version).expect("few") > floor),
            "version {first:?} is young, the floor at {floor}"
        );
    }
}
