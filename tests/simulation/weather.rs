//! What happens around the devices: servers restart, history is collected, time passes.

use std::time::Duration;

use serde_json::json;

use crate::fleet::Request;
use crate::run::Run;
use crate::team::{self, WORKSPACES};

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
            body: json!({ "scope": scope, "retentionSeconds": 3600 }),
        };
        self.trace.step(format!("{path} in {workspace}"));
        let answer = self.send(&request).await;
        assert_eq!(answer.status, 204, "{}", answer.message());
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
