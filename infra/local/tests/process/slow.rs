//! Clients that are slow on purpose, or too many: they end, and nobody else notices.

use std::io::{Read, Write};
use std::net::TcpStream;

use rustix::process::Signal;
use tempfile::tempdir;

use crate::running::{Running, answer};

const HALF_A_HEAD: &str = "GET /api/health HTTP/1.1\r\nhost: or3.test\r\nx-slow: ";

/// Returns when the other end has closed the connection.
fn ends(connection: &mut TcpStream) {
    let mut rest = Vec::new();
    // It may also be reset, which is an end too.
    let _reset = connection.read_to_end(&mut rest);
}

#[test]
fn a_head_that_does_not_come_ends_the_connection() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &[("OR3_HEADER_TIMEOUT_MS", "100")]);
    for begun in ["", "G", HALF_A_HEAD] {
        ends(&mut running.send(begun));
    }
    // A head that drips is one that does not come.
    let mut dripping = running.send(HALF_A_HEAD);
    while dripping.write_all(b"v").is_ok() {
        std::thread::yield_now();
    }
    assert_eq!(running.get("/api/health").0, 200);
}

#[test]
fn a_body_that_stops_is_408() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &[("OR3_REQUEST_TIMEOUT_MS", "1000")]);
    let mut connection = running.send(
        "POST /api/sync/push HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\n\
         content-length: 1000\r\n\r\n{",
    );
    let (status, text) = answer(&mut connection);
    assert_eq!(status, 408, "{text}");
    assert!(text.contains("The request came too slowly."), "{text}");
}

#[test]
fn connections_that_are_left_open_keep_nobody_out() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &[("OR3_MAX_CONNECTIONS", "8")]);
    let mut first = running.send(HALF_A_HEAD);
    let _others: Vec<_> = (0..64).map(|_| running.send(HALF_A_HEAD)).collect();
    assert_eq!(running.get("/api/health").0, 200);
    ends(&mut first);
}

#[test]
fn an_end_does_not_wait_for_who_says_nothing() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &[("OR3_SHUTDOWN_TIMEOUT_MS", "3600000")]);
    let mut silent = [running.send(""), running.send(HALF_A_HEAD)];
    // The listener knows them by the time that it has answered somebody after them.
    assert_eq!(running.get("/api/health").0, 200);
    running.signal(Signal::TERM);
    for connection in &mut silent {
        ends(connection);
    }
    assert!(running.wait().success());
}

#[test]
fn a_head_larger_than_any_is_refused_before_it_is_whole() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &[]);
    let mut connection = running.send(HALF_A_HEAD);
    while connection.write_all(&[b'v'; 4096]).is_ok() {}
    let (status, text) = answer(&mut connection);
    assert!([0, 431].contains(&status), "{text}");
    assert_eq!(running.get("/api/health").0, 200);
}
