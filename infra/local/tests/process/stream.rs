//! Event streams of real processes.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;

use rustix::process::Signal;
use serde_json::json;
use tempfile::tempdir;

use crate::running::Running;

const SETTINGS: [(&str, &str); 3] = [
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    ("OR3_SYNC_STREAM_POLL_MS", "50"),
];

/// Somebody with an account, by cookies and workspace.
struct Person {
    cookies: String,
    workspace: String,
}

impl Person {
    fn of(server: &Running) -> Self {
        let account = json!({
            "email": "ada@example.com", "password": "correct horse", "displayName": "Ada",
            "confirmPassword": "correct horse",
        });
        let (status, text) = server.post("/api/basic-auth/register", &account.to_string());
        assert_eq!(status, 200, "{text}");
        let set = text
            .lines()
            .filter_map(|line| line.strip_prefix("set-cookie: "));
        let pairs = set.filter_map(|line| line.split(';').next());
        let mut person = Self {
            cookies: pairs.collect::<Vec<_>>().join("; "),
            workspace: String::new(),
        };
        let session = person.request(server, "GET /api/auth/session", "");
        let text: String = session.lines().map(|line| line.expect("text")).collect();
        let (_, rest) = text
            .split_once(r#""workspace":{"id":""#)
            .expect("a workspace");
        rest.split('"')
            .next()
            .unwrap_or_default()
            .clone_into(&mut person.workspace);
        person
    }

    fn request(&self, server: &Running, line: &str, body: &str) -> BufReader<TcpStream> {
        let (cookies, length) = (&self.cookies, body.len());
        BufReader::new(server.send(&format!(
            "{line} HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\ncookie: {cookies}\r\n\
             content-length: {length}\r\n\r\n{body}"
        )))
    }

    /// A stream whose answer has begun.
    fn listen(&self, server: &Running) -> impl Iterator<Item = String> + use<> {
        let line = format!(
            "GET /api/sync/stream?workspaceId={}&cursor=0",
            self.workspace
        );
        let lines = self.request(server, &line, "").lines();
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
        let answer = self.request(server, "POST /api/sync/push", &body.to_string());
        let first = answer.lines().next().expect("an answer").expect("text");
        assert_eq!(first, "HTTP/1.1 200 OK");
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
    let ada = Person::of(&writer);
    let mut lines = ada.listen(&teller);
    ada.push(&writer);
    assert!(lines.any(|line| line == r#"data: {"serverVersion":1}"#));
}

#[test]
fn open_streams_end_when_the_process_is_told_to_stop() {
    let world = tempdir().expect("a folder");
    let server = Running::start(&world.path().join("data"), &SETTINGS);
    let ada = Person::of(&server);
    let mut lines = ada.listen(&server);
    server.signal(Signal::TERM);
    assert!(lines.any(|line| line == "retry: 1000"));
    assert_eq!(server.wait().code(), Some(0));
}
