//! What happens around the devices: servers restart, history is collected, time passes.

use std::time::Duration;

use or3_domain::clock::Clock;
use serde_json::json;

use crate::fleet::Request;
use crate::run::Run;
use crate::team::{self, WORKSPACES};

/// How long history and devices are kept at least.
const WINDOW: Duration = Duration::from_hours(1);

impl Run {
    pub(crate) fn restart(&mut self) {
        let server = self.any_server();
        let close = self.rng.bool();
        self.trace.step(format!("server {server} restarts"));
        self.fleet.restart(server, close);
        // Devices restart as well: what they were reading is gone.
        let device = self.rng.usize(..self.devices.len());
        self.devices[device].chain = None;
    }

    pub(crate) async fn collect(&mut self) {
        let workspace = WORKSPACES[self.rng.usize(..WORKSPACES.len())];
        let path = if self.rng.bool() {
            "/api/sync/gc-change-log"
        } else {
            "/api/sync/gc-tombstones"
        };
        let scope = json!({ "workspaceId": workspace });
        let request = Request {
            token: team::owner(&self.fleet.sessions, workspace),
            path,
            body: json!({ "scope": scope, "retentionSeconds": WINDOW.as_secs() }),
        };
        self.trace.step(format!("{path} in {workspace}"));
        let answer = self.send(&request).await;
        assert_eq!(answer.status, 204, "{}", answer.message());
        let cutoff = self.fleet.clock.now().minus(WINDOW);
        let ledger = self.ledgers.get_mut(workspace).expect("a ledger");
        ledger.forget_devices(cutoff);
        if path.ends_with("change-log") {
            ledger.forget_history();
        }
    }

    /// Time passes: mostly seconds, now and then hours.
    pub(crate) fn wait(&mut self) {
        let seconds = if self.rng.bool() {
            self.rng.u64(1..60)
        } else {
            self.rng.u64(600..5000)
        };
        self.trace.step(format!("{seconds} s pass"));
        self.fleet.clock.advance(Duration::from_secs(seconds));
    }
}
