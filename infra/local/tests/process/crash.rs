//! A process that is killed in the middle of its work loses nothing that it has acknowledged.

use std::net::TcpStream;
use std::sync::Mutex;

use rustix::process::Signal;
use tempfile::tempdir;

use crate::running::{Running, answer, post_of};

/// Cheap hashes and wide budgets: this is about rows.
const SETTINGS: [(&str, &str); 3] = [
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    (
        "OR3_RATE_LIMIT_OVERRIDES_JSON",
        r#"{"basic-auth:register":{"maxRequests":9999},"basic-auth:sign-in":{"maxRequests":9999}}"#,
    ),
];
const PASSWORD: &str = "correct horse battery staple";
const ENOUGH: usize = 40;

#[test]
fn every_acknowledged_account_survives_kill_9() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &SETTINGS);
    let acknowledged = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (running, acknowledged) = (&running, &acknowledged);
            scope.spawn(move || register_until_killed(running, writer, acknowledged));
        }
    });
    drop(running);
    let acknowledged = acknowledged.into_inner().expect("no writer panicked");
    assert!(acknowledged.len() >= ENOUGH);

    let running = Running::start(data.path(), &SETTINGS);
    for email in acknowledged {
        let body = format!(r#"{{"email":"{email}","password":"{PASSWORD}"}}"#);
        let (status, answer) = running.post("/api/basic-auth/sign-in", &body);
        assert_eq!(status, 200, "{email}: {answer}");
    }
}

/// Registers one account after the other until the server is gone; whoever gets the last
/// acknowledgement that is needed kills it, while the others are in the middle of theirs.
fn register_until_killed(running: &Running, writer: u32, acknowledged: &Mutex<Vec<String>>) {
    for number in 0.. {
        let email = format!("person-{writer}-{number}@or3.test");
        let body = format!(
            r#"{{"email":"{email}","password":"{PASSWORD}","confirmPassword":"{PASSWORD}"}}"#
        );
        let request = post_of("/api/basic-auth/register", &body);
        let Ok(mut connection) = TcpStream::connect(&running.address) else {
            return;
        };
        if std::io::Write::write_all(&mut connection, request.as_bytes()).is_err() {
            return;
        }
        if answer(&mut connection).0 != 200 {
            return;
        }
        let mut acknowledged = acknowledged.lock().expect("no writer panicked");
        acknowledged.push(email);
        if acknowledged.len() == ENOUGH {
            running.signal(Signal::KILL);
        }
    }
}
