//! Event streams of real processes.

use std::io::{BufRead, BufReader};

use rustix::process::Signal;
use serde_json::json;
use tempfile::tempdir;

use crate::person::Person;
use crate::running::Running;

const SETTINGS: [(&str, &str); 3] = [
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    ("OR3_SYNC_STREAM_POLL_MS", "50"),
];

/// Somebody with an account, and where they are.
struct Listener {
    person: Person,
    workspace: String,
}

impl Listener {
    fn of(server: &Running) -> Self {
        let person = Person::register(server);
        let session = person.session(server);
        let workspace = session["workspace"]["id"].as_str();
        Self {
            workspace: workspace.expect("a workspace").to_owned(),
            person,
        }
    }

    /// A stream whose answer has begun.
    fn listen(&self, server: &Running) -> impl Iterator<Item = String> + use<> {
        let line = format!(
            "GET /api/sync/stream?workspaceId={}&cursor=0",
            self.workspace
        );
        let connection = server.send(&self.person.request(&line, ""));
        let lines = BufReader::new(connection).lines();
        let mut lines = lines.map(|line| line.expect("a whole answer"));
        assert_eq!(lines.next().as_deref(), Some("HTTP/1.1 200 OK"));
        lines.by_ref().find(String::is_empty).expect("its headers");
        lines
    }

    fn push(&self, server: &Running) {
        let payload = json!({
            "id": "kv:a", "name": "a", "created_at": 1, "updated_at": 1, "clock": 1,
        });
        let op = json!({
            "id": "1", "tableName": "kv", "operation": "put", "pk": "kv:a", "payload": payload,
            "stamp": {
                "deviceId": "d", "opId": "00000000-0000-4000-8000-000000000001", "clock": 1,
                "hlc": "0mjuohs00:000:d",
            },
            "createdAt": 1, "attempts": 0, "status": "pending",
        });
        let body = json!({ "scope": { "workspaceId": self.workspace }, "ops": [op] });
        let line = "POST /api/sync/push";
        let told = self.person.ask(server, line, &body.to_string());
        assert_eq!(told.status, 200, "{}", told.body);
    }
}

#[test]
fn what_one_process_writes_is_told_by_another() {
    let world = tempdir().expect("a folder");
    let data = world.path().join("data");
    let (writer, teller) = (
        Running::start(&data, &SETTINGS),
        Running::start(&data, &SETTINGS),
    );
    let ada = Listener::of(&writer);
    let mut lines = ada.listen(&teller);
    ada.push(&writer);
    assert!(lines.any(|line| line == r#"data: {"serverVersion":1}"#));
}

#[test]
fn open_streams_end_when_the_process_is_told_to_stop() {
    let world = tempdir().expect("a folder");
    let server = Running::start(&world.path().join("data"), &SETTINGS);
    let ada = Listener::of(&server);
    let mut lines = ada.listen(&server);
    server.signal(Signal::TERM);
    assert!(lines.any(|line| line == "retry: 1000"));
    assert_eq!(server.wait().code(), Some(0));
}
