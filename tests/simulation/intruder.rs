//! What nobody may do, tried in the middle of everything else; and questions beside the way.

use or3_domain::sync::{Operation, Table};
use serde_json::{Value, json};

use crate::device::ops;
use crate::edit::{self, Edit};
use crate::run::Run;

impl Run {
    /// A device tries what it may not.
    pub(crate) async fn intrude(&mut self, number: usize) {
        match self.rng.u8(..3) {
            0 => self.write_elsewhere(number).await,
            1 => self.take_a_notification(number).await,
            _ => self.reuse_an_op(number).await,
        }
    }

    /// Another workspace than the active one is closed, and so is writing to viewers.
    async fn write_elsewhere(&mut self, number: usize) {
        let device = &self.devices[number];
        let mut request = device.request("/api/sync/push", json!({ "ops": [] }));
        if device.may_write {
            request.path = "/api/sync/pull";
            request.body = json!({ "cursor": 0, "limit": 9 });
            request.body["scope"] = json!({ "workspaceId": "elsewhere" });
        }
        assert_eq!(self.send(&request).await.status, 403);
    }

    /// Somebody else's notification can be neither replaced nor deleted.
    async fn take_a_notification(&mut self, number: usize) {
        let user = self.devices[number].user.clone();
        let foreign = |edit: &Edit| edit.key.table == Table::Notifications && edit.user != user;
        let Some(mut edit) = self.any_entry(number, foreign) else {
            return;
        };
        edit.revision.op_id = edit::op_id(&mut self.rng);
        edit.revision.clock += 5;
        edit.operation = Operation::Put;
        let workspace = &self.devices[number].workspace;
        let mut payload = edit::payload(&edit.key, &user, workspace, 9, &mut self.rng);
        match self.rng.u8(..3) {
            0 => {}
            1 => payload["user_id"] = json!(edit.user),
            _ => edit.operation = Operation::Delete,
        }
        edit.payload = (edit.operation == Operation::Put).then_some(payload);
        self.refused(number, &edit, "UNAUTHORIZED").await;
    }

    /// An op id of another workspace is taken, though nothing of it is seen here.
    async fn reuse_an_op(&mut self, number: usize) {
        let here = self.devices[number].workspace.clone();
        let there = self
            .devices
            .iter()
            .position(|other| other.workspace != here);
        let shared = |edit: &Edit| edit.key.table != Table::Notifications;
        if let Some(edit) = there.and_then(|there| self.any_entry(there, shared)) {
            self.refused(number, &edit, "CONFLICT").await;
        }
    }

    /// An acknowledged edit of a device's workspace.
    fn any_entry(&mut self, number: usize, fits: impl Fn(&Edit) -> bool) -> Option<Edit> {
        let ledger = &self.ledgers[&self.devices[number].workspace];
        let entries = ledger.entries().map(|(_, edit)| edit);
        let entries: Vec<_> = entries.filter(|edit| fits(edit)).collect();
        self.rng.choice(entries).cloned()
    }

    async fn refused(&mut self, number: usize, edit: &Edit, code: &str) {
        let device = &self.devices[number];
        if !device.may_write {
            return;
        }
        let name = &device.name;
        self.trace.step(format!("{name} tries what is {code}"));
        let body = json!({ "ops": ops(std::slice::from_ref(edit)) });
        let request = self.devices[number].request("/api/sync/push", body);
        let answer = self.send(&request).await.json();
        let result = &answer["results"][0];
        assert_eq!(result["success"], false, "{result}");
        assert_eq!(result["errorCode"], code, "{result}");
        assert_eq!(result["payload"], Value::Null, "{result}");
    }

    /// Pulls some tables from somewhere, without any effect on the device.
    pub(crate) async fn probe(&mut self, number: usize) {
        let tables: Vec<_> = Table::ALL
            .into_iter()
            .filter(|_| self.rng.bool())
            .map(Table::name)
            .collect();
        let head = self.ledgers[&self.devices[number].workspace].head;
        // No name at all would mean all of them.
        if tables.is_empty() {
            return;
        }
        let cursor = self.rng.i64(0..=head + 1);
        let limit = self.rng.u16(1..40);
        let body = json!({ "cursor": cursor, "limit": limit, "tables": tables });
        let request = self.devices[number].request("/api/sync/pull", body);
        self.pull(number, &request).await;
    }
}
