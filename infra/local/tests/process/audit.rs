//! `or3-local verify-audit`, and the trail of several processes at once.

use std::path::Path;
use std::thread::scope;

use rustix::process::Signal;
use tempfile::tempdir;

use crate::running::{Running, answer, command};

const SETTINGS: [(&str, &str); 4] = [
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    ("OR3_GC_INTERVAL_SECONDS", "0"),
    ("OR3_TRUST_PROXY", "true"),
];

/// Exit code and output.
fn verified(data: &Path) -> (Option<i32>, String) {
    let output = command(data, &SETTINGS).arg("verify-audit").output();
    let output = output.expect("or3-local runs");
    let text = String::from_utf8(output.stdout).expect("text");
    (output.status.code(), text)
}

/// What somebody with the file does to it: another text of the same length.
fn tamper(data: &Path, from: &str, to: &str) {
    assert_eq!(from.len(), to.len());
    let path = data.join("or3.db");
    let mut bytes = std::fs::read(&path).expect("a database");
    let places: Vec<_> = (0..bytes.len() - from.len())
        .filter(|at| bytes[*at..].starts_with(from.as_bytes()))
        .collect();
    assert!(!places.is_empty(), "{from} is in the file");
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    std::fs::write(&path, bytes).expect("written");
}

fn post(running: &Running, path: &str, address: &str, body: &str) -> u16 {
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: or3.test\r\nx-forwarded-host: or3.test\r\n\
         x-forwarded-for: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    );
    answer(&mut running.send(&request)).0
}

fn register(running: &Running, name: &str, address: &str) {
    let body = format!(
        "{{\"email\":\"{name}@example.test\",\"password\":\"hunter2hunter2\",\
         \"confirmPassword\":\"hunter2hunter2\"}}"
    );
    let status = post(running, "/api/basic-auth/register", address, &body);
    assert_eq!(status, 200);
}

fn fail_to_sign_in(running: &Running, email: &str) {
    let body = format!("{{\"email\":\"{email}\",\"password\":\"wrong\"}}");
    let status = post(running, "/api/basic-auth/sign-in", "10.0.0.99", &body);
    assert_eq!(status, 401);
}

#[test]
fn processes_that_write_at_once_make_one_trail_and_a_break_is_named() {
    let data = tempdir().expect("a folder");
    let processes: Vec<_> = (0..3)
        .map(|_| Running::start(data.path(), &SETTINGS))
        .collect();
    scope(|scope| {
        for (number, process) in processes.iter().enumerate() {
            scope.spawn(move || {
                for round in 0..8 {
                    let name = format!("p{number}-{round}");
                    register(process, &name, &format!("10.0.{number}.{round}"));
                }
            });
        }
    });
    fail_to_sign_in(&processes[0], "mallory@example.test");
    register(&processes[1], "last", "10.0.9.9");
    for process in processes {
        process.signal(Signal::TERM);
        process.wait();
    }
    // A start with the timer collects at once, which seals.
    let collecting = Running::start(data.path(), &SETTINGS[..2]);
    let sealed = loop {
        let (code, text) = verified(data.path());
        assert_eq!(code, Some(0), "{text}");
        if text.contains(" 26 entries") {
            break text;
        }
        std::thread::yield_now();
    };
    assert!(sealed.contains("the last is 26 "), "{sealed}");
    collecting.signal(Signal::TERM);
    collecting.wait();
    tamper(data.path(), "mallory@example.test", "Mallory@example.test");
    let (code, text) = verified(data.path());
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("entry 25 is not what was sealed"), "{text}");
    assert!(text.contains("it holds up to 24 "), "{text}");
}
